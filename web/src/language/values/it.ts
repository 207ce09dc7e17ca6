// What the values of properties are called in Italian. A key is a value of the ontology, with its property where it has another name there.
export default {
  // category
  tops: "parti superiori", bottoms: "parti inferiori", outerwear: "giacche e cappotti", dresses: "vestiti", shoes: "scarpe",
  bags: "borse", accessories: "accessori", underwear: "intimo", beauty: "bellezza",
  // subcategory
  "t-shirt": "T-shirt", "polo shirt": "polo", shirt: "camicia", "dress shirt": "camicia elegante", top: "top", blouse: "blusa",
  "tank top": "canottiera", tunic: "tunica", kurta: "kurta", kurti: "kurti", "kurta set": "completo kurta",
  sweatshirt: "felpa", hoodie: "felpa con cappuccio", sweater: "maglione", cardigan: "cardigan",
  "sweater vest": "gilet in maglia", tracksuit: "tuta", jacket: "giacca", "bomber jacket": "bomber",
  "denim jacket": "giacca di jeans", "puffer jacket": "piumino", "leather jacket": "giacca di pelle", blazer: "blazer",
  waistcoat: "panciotto", gilet: "smanicato", coat: "cappotto", "trench coat": "trench", dress: "vestito",
  "slip dress": "abito sottoveste", jumpsuit: "tuta intera", saree: "sari", skirt: "gonna", "pleated skirt": "gonna a pieghe",
  jeans: "jeans", trousers: "pantaloni", "track pants": "pantaloni della tuta", joggers: "pantaloni jogger",
  capris: "pantaloni capri", leggings: "leggings", salwar: "salwar", shorts: "pantaloncini", "casual shoes": "scarpe casual",
  sneakers: "sneakers", loafers: "mocassini", "sports shoes": "scarpe sportive", "formal shoes": "scarpe eleganti",
  heels: "scarpe col tacco", flats: "scarpe basse", sandals: "sandali", "sports sandals": "sandali sportivi",
  "flip flops": "infradito", boots: "stivali", handbag: "borsa a mano", "tote bag": "borsa shopper", clutch: "pochette",
  backpack: "zaino", "laptop bag": "borsa per portatile", "messenger bag": "borsa messenger", "duffel bag": "borsone",
  "belt bag": "marsupio", pouch: "bustina", wallet: "portafoglio", belt: "cintura", watch: "orologio",
  sunglasses: "occhiali da sole", socks: "calzini", cap: "cappellino", hat: "cappello", beanie: "berretto", scarf: "sciarpa",
  muffler: "sciarpa pesante", stole: "stola", dupatta: "dupatta", tie: "cravatta", gloves: "guanti", suspenders: "bretelle",
  headband: "fascia per capelli", cufflinks: "gemelli", earrings: "orecchini", necklace: "collana", bracelet: "bracciale",
  briefs: "slip", trunks: "boxer", bra: "reggiseno", undershirt: "canotta intima", swimsuit: "costume da bagno",
  perfume: "profumo", deodorant: "deodorante",
  // primary_color
  black: "nero", white: "bianco", "off-white": "bianco sporco", cream: "crema", gray: "grigio", grey: "grigio",
  charcoal: "antracite", silver: "argento", steel: "grigio acciaio", blue: "blu", navy: "blu navy", "light blue": "azzurro",
  turquoise: "turchese", red: "rosso", burgundy: "bordeaux", pink: "rosa", magenta: "magenta", peach: "pesca", purple: "viola",
  lavender: "lavanda", green: "verde", olive: "verde oliva", brown: "marrone", tan: "marrone chiaro", copper: "rame",
  beige: "beige", khaki: "kaki", yellow: "giallo", mustard: "senape", orange: "arancione", gold: "oro", multi: "multicolore",
  // pattern
  solid: "tinta unita", striped: "a righe", pinstriped: "gessato", checked: "a quadri", plaid: "scozzese", floral: "a fiori",
  dotted: "a pois", camouflage: "mimetico", "color block": "a blocchi di colore", graphic: "con stampa", animal: "animalier",
  "tie-dye": "tie-dye", paisley: "paisley", "cable knit": "a trecce", distressed: "effetto usurato", embroidered: "ricamato",
  "fair isle": "fair isle",
  // material
  cotton: "cotone", linen: "lino", viscose: "viscosa", silk: "seta", denim: "denim", flannel: "flanella", pique: "piqué",
  wool: "lana", cashmere: "cashmere", acrylic: "acrilico", fleece: "pile", nylon: "nylon", polyester: "poliestere",
  elastane: "elastan", suede: "camoscio", leather: "pelle", "patent leather": "vernice", "faux leather": "ecopelle",
  twill: "twill", tweed: "tweed", corduroy: "velluto a coste", velvet: "velluto", satin: "raso", chiffon: "chiffon",
  lace: "pizzo", mesh: "rete", tulle: "tulle", knit: "maglia", canvas: "tela", straw: "paglia", felt: "feltro", down: "piuma",
  fur: "pelliccia", "faux fur": "pelliccia sintetica", rubber: "gomma", sequin: "paillettes", hemp: "canapa", metal: "metallo",
  // style
  casual: "casual", classic: "classico", sporty: "sportivo", streetwear: "streetwear", vintage: "vintage", y2k: "Y2K",
  boho: "boho", romantic: "romantico", minimalist: "minimalista", preppy: "preppy", edgy: "audace", grunge: "grunge",
  gothic: "gotico", punk: "punk", western: "western", cottagecore: "cottagecore", workwear: "workwear", glamorous: "glamour",
  ethnic: "etnico",
  // fit
  regular: "regolare", slim: "aderente", skinny: "skinny", straight: "dritto", relaxed: "comodo", oversized: "oversize",
  wide: "largo", flared: "svasato", bootcut: "bootcut", tapered: "affusolato", "a-line": "linea ad A", bodycon: "fasciante",
  pencil: "a matita", "high waisted": "a vita alta", "low rise": "a vita bassa", "low-top": "basse", "high-top": "alte",
  ankle: "alla caviglia", "knee-high": "al ginocchio", stiletto: "a spillo", "block heel": "tacco largo", wedge: "con zeppa",
  platform: "con plateau",
  // neckline
  crew: "girocollo", "v-neck": "scollo a V", scoop: "scollo ampio", boat: "scollo a barca", turtleneck: "collo alto dolcevita",
  "neckline.high": "collo alto", high: "alto", collar: "colletto", band: "collo alla coreana", lapel: "revers",
  hooded: "con cappuccio", square: "scollo quadrato", sweetheart: "scollo a cuore", halter: "scollo all’americana",
  "off-shoulder": "spalle scoperte", strapless: "senza spalline", cowl: "collo ad anello", henley: "collo serafino",
  // sleeve_length
  sleeveless: "senza maniche", short: "corto", "three-quarter": "tre quarti", long: "lungo",
  // garment_length
  cropped: "cropped", mini: "mini", knee: "al ginocchio", midi: "midi", maxi: "maxi", full: "intero", capri: "capri",
  // closure
  button: "bottoni", "one button": "un bottone", "two buttons": "due bottoni", "double-breasted": "doppiopetto",
  zip: "cerniera", "lace-up": "con lacci", "slip-on": "senza lacci", "pull-on": "da infilare",
  pullover: "da infilare dalla testa", drawstring: "coulisse", buckle: "fibbia", velcro: "velcro",
  "closure.belt": "con cintura", wrap: "a portafoglio", "closure.tie": "da annodare", hook: "gancetti",
  snap: "bottoni a pressione", clasp: "chiusura a clip", magnetic: "magnetica", adjustable: "regolabile", open: "aperto",
  // season
  summer: "estate", winter: "inverno", spring: "primavera", autumn: "autunno", "all season": "tutte le stagioni",
  // occasion
  everyday: "tutti i giorni", work: "lavoro", formal: "formale", party: "festa", wedding: "matrimonio", evening: "sera",
  vacation: "vacanza", sport: "sport", outdoor: "outdoor", lounge: "relax", maternity: "premaman", festival: "festival",
  // gender
  women: "donna", men: "uomo", unisex: "unisex", boys: "bambino", girls: "bambina",
  // condition
  new: "nuovo", "like new": "come nuovo", good: "buono", fair: "discreto", poor: "usurato",
} as Record<string, string>;
