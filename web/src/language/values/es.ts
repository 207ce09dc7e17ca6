// What the values of properties are called in Spanish. A key is a value of the ontology, with its property where it has another name there.
export default {
  // category
  tops: "partes de arriba", bottoms: "partes de abajo", outerwear: "ropa de abrigo", dresses: "vestidos", shoes: "zapatos",
  bags: "bolsos", accessories: "accesorios", underwear: "ropa interior", beauty: "belleza",
  // subcategory
  "t-shirt": "camiseta", "polo shirt": "polo", shirt: "camisa", "dress shirt": "camisa de vestir", top: "top", blouse: "blusa",
  "tank top": "camiseta de tirantes", tunic: "túnica", kurta: "kurta", kurti: "kurti", "kurta set": "conjunto kurta",
  sweatshirt: "sudadera", hoodie: "sudadera con capucha", sweater: "jersey", cardigan: "cárdigan",
  "sweater vest": "chaleco de punto", tracksuit: "chándal", jacket: "chaqueta", "bomber jacket": "cazadora bomber",
  "denim jacket": "cazadora vaquera", "puffer jacket": "plumífero", "leather jacket": "cazadora de cuero", blazer: "blazer",
  waistcoat: "chaleco", gilet: "chaleco acolchado", coat: "abrigo", "trench coat": "gabardina", dress: "vestido",
  "slip dress": "vestido lencero", jumpsuit: "mono", saree: "sari", skirt: "falda", "pleated skirt": "falda plisada",
  jeans: "vaqueros", trousers: "pantalón", "track pants": "pantalón de chándal", joggers: "pantalón jogger",
  capris: "pantalón capri", leggings: "leggings", salwar: "salwar", shorts: "pantalón corto",
  "casual shoes": "zapatos informales", sneakers: "zapatillas", loafers: "mocasines", "sports shoes": "zapatillas deportivas",
  "formal shoes": "zapatos de vestir", heels: "zapatos de tacón", flats: "zapatos planos", sandals: "sandalias",
  "sports sandals": "sandalias deportivas", "flip flops": "chanclas", boots: "botas", handbag: "bolso de mano",
  "tote bag": "bolso tote", clutch: "bolso clutch", backpack: "mochila", "laptop bag": "bolso para portátil",
  "messenger bag": "bandolera", "duffel bag": "bolsa de viaje", "belt bag": "riñonera", pouch: "neceser", wallet: "cartera",
  belt: "cinturón", watch: "reloj", sunglasses: "gafas de sol", socks: "calcetines", cap: "gorra", hat: "sombrero",
  beanie: "gorro", scarf: "bufanda", muffler: "bufanda gruesa", stole: "estola", dupatta: "dupatta", tie: "corbata",
  gloves: "guantes", suspenders: "tirantes", headband: "diadema", cufflinks: "gemelos", earrings: "pendientes",
  necklace: "collar", bracelet: "pulsera", briefs: "bragas y slips", trunks: "bóxer", bra: "sujetador",
  undershirt: "camiseta interior", swimsuit: "bañador", perfume: "perfume", deodorant: "desodorante",
  // primary_color
  black: "negro", white: "blanco", "off-white": "blanco roto", cream: "crema", gray: "gris", grey: "gris",
  charcoal: "gris carbón", silver: "plateado", steel: "gris acero", blue: "azul", navy: "azul marino",
  "light blue": "azul claro", turquoise: "turquesa", red: "rojo", burgundy: "burdeos", pink: "rosa", magenta: "magenta",
  peach: "melocotón", purple: "morado", lavender: "lavanda", green: "verde", olive: "verde oliva", brown: "marrón",
  tan: "canela", copper: "cobre", beige: "beige", khaki: "caqui", yellow: "amarillo", mustard: "mostaza", orange: "naranja",
  gold: "dorado", multi: "multicolor",
  // pattern
  solid: "liso", striped: "de rayas", pinstriped: "de raya diplomática", checked: "de cuadros", plaid: "de cuadros escoceses",
  floral: "de flores", dotted: "de lunares", camouflage: "de camuflaje", "color block": "en bloques de color",
  graphic: "con dibujo", animal: "de animal print", "tie-dye": "tie-dye", paisley: "de cachemira", "cable knit": "de ochos",
  distressed: "desgastado", embroidered: "bordado", "fair isle": "de grecas",
  // material
  cotton: "algodón", linen: "lino", viscose: "viscosa", silk: "seda", denim: "denim", flannel: "franela", pique: "piqué",
  wool: "lana", cashmere: "cachemir", acrylic: "acrílico", fleece: "forro polar", nylon: "nailon", polyester: "poliéster",
  elastane: "elastano", suede: "ante", leather: "cuero", "patent leather": "charol", "faux leather": "polipiel",
  twill: "sarga", tweed: "tweed", corduroy: "pana", velvet: "terciopelo", satin: "satén", chiffon: "gasa", lace: "encaje",
  mesh: "malla", tulle: "tul", knit: "punto", canvas: "lona", straw: "paja", felt: "fieltro", down: "plumón", fur: "piel",
  "faux fur": "pelo sintético", rubber: "goma", sequin: "lentejuelas", hemp: "cáñamo", metal: "metal",
  // style
  casual: "informal", classic: "clásico", sporty: "deportivo", streetwear: "streetwear", vintage: "vintage", y2k: "Y2K",
  boho: "boho", romantic: "romántico", minimalist: "minimalista", preppy: "preppy", edgy: "atrevido", grunge: "grunge",
  gothic: "gótico", punk: "punk", western: "vaquero del oeste", cottagecore: "cottagecore", workwear: "de trabajo",
  glamorous: "glamuroso", ethnic: "étnico",
  // fit
  regular: "normal", slim: "entallado", skinny: "pitillo", straight: "recto", relaxed: "holgado", oversized: "extragrande",
  wide: "ancho", flared: "acampanado", bootcut: "bootcut", tapered: "estrecho abajo", "a-line": "línea A", bodycon: "ceñido",
  pencil: "de tubo", "high waisted": "de talle alto", "low rise": "de talle bajo", "low-top": "de caña baja",
  "high-top": "de caña alta", ankle: "tobillero", "knee-high": "hasta la rodilla", stiletto: "de aguja",
  "block heel": "de tacón ancho", wedge: "de cuña", platform: "de plataforma",
  // neckline
  crew: "cuello redondo", "v-neck": "cuello de pico", scoop: "cuello amplio", boat: "cuello barco",
  turtleneck: "cuello alto vuelto", "neckline.high": "cuello alto", high: "alto", collar: "cuello camisero",
  band: "cuello mao", lapel: "solapa", hooded: "con capucha", square: "cuello cuadrado", sweetheart: "escote corazón",
  halter: "cuello halter", "off-shoulder": "hombros descubiertos", strapless: "sin tirantes", cowl: "cuello drapeado",
  henley: "cuello panadero",
  // sleeve_length
  sleeveless: "sin mangas", short: "corto", "three-quarter": "tres cuartos", long: "largo",
  // garment_length
  cropped: "recortado", mini: "mini", knee: "por la rodilla", midi: "midi", maxi: "maxi", full: "completo", capri: "capri",
  // closure
  button: "botones", "one button": "un botón", "two buttons": "dos botones", "double-breasted": "cruzado", zip: "cremallera",
  "lace-up": "con cordones", "slip-on": "sin cordones", "pull-on": "de cintura elástica", pullover: "sin abertura",
  drawstring: "cordón", buckle: "hebilla", velcro: "velcro", "closure.belt": "con cinturón", wrap: "cruzado con lazo",
  "closure.tie": "con lazo", hook: "corchetes", snap: "broches de presión", clasp: "cierre", magnetic: "magnético",
  adjustable: "ajustable", open: "abierto",
  // season
  summer: "verano", winter: "invierno", spring: "primavera", autumn: "otoño", "all season": "todo el año",
  // occasion
  everyday: "diario", work: "trabajo", formal: "formal", party: "fiesta", wedding: "boda", evening: "noche",
  vacation: "vacaciones", sport: "deporte", outdoor: "aire libre", lounge: "estar por casa", maternity: "premamá",
  festival: "festival",
  // gender
  women: "mujer", men: "hombre", unisex: "unisex", boys: "niño", girls: "niña",
  // condition
  new: "nuevo", "like new": "como nuevo", good: "bueno", fair: "aceptable", poor: "muy usado",
} as Record<string, string>;
