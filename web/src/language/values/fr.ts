// What the values of properties are called in French. A key is a value of the ontology, with its property where it has another name there.
export default {
  // category
  tops: "hauts", bottoms: "bas", outerwear: "manteaux et vestes", dresses: "robes", shoes: "chaussures", bags: "sacs",
  accessories: "accessoires", underwear: "sous-vêtements", beauty: "beauté",
  // subcategory
  "t-shirt": "t-shirt", "polo shirt": "polo", shirt: "chemise", "dress shirt": "chemise habillée", top: "top",
  blouse: "blouse", "tank top": "débardeur", tunic: "tunique", kurta: "kurta", kurti: "kurti", "kurta set": "ensemble kurta",
  sweatshirt: "sweat-shirt", hoodie: "sweat à capuche", sweater: "pull", cardigan: "cardigan",
  "sweater vest": "pull sans manches", tracksuit: "survêtement", jacket: "veste", "bomber jacket": "bomber",
  "denim jacket": "veste en jean", "puffer jacket": "doudoune", "leather jacket": "veste en cuir", blazer: "blazer",
  waistcoat: "gilet de costume", gilet: "gilet sans manches", coat: "manteau", "trench coat": "trench", dress: "robe",
  "slip dress": "robe nuisette", jumpsuit: "combinaison", saree: "sari", skirt: "jupe", "pleated skirt": "jupe plissée",
  jeans: "jean", trousers: "pantalon", "track pants": "pantalon de survêtement", joggers: "jogging", capris: "corsaire",
  leggings: "leggings", salwar: "salwar", shorts: "short", "casual shoes": "chaussures décontractées", sneakers: "baskets",
  loafers: "mocassins", "sports shoes": "chaussures de sport", "formal shoes": "chaussures habillées",
  heels: "chaussures à talons", flats: "chaussures plates", sandals: "sandales", "sports sandals": "sandales de sport",
  "flip flops": "tongs", boots: "bottes", handbag: "sac à main", "tote bag": "cabas", clutch: "pochette",
  backpack: "sac à dos", "laptop bag": "sacoche d’ordinateur", "messenger bag": "besace", "duffel bag": "sac de voyage",
  "belt bag": "sac banane", pouch: "trousse", wallet: "portefeuille", belt: "ceinture", watch: "montre",
  sunglasses: "lunettes de soleil", socks: "chaussettes", cap: "casquette", hat: "chapeau", beanie: "bonnet", scarf: "écharpe",
  muffler: "cache-nez", stole: "étole", dupatta: "dupatta", tie: "cravate", gloves: "gants", suspenders: "bretelles",
  headband: "bandeau", cufflinks: "boutons de manchette", earrings: "boucles d’oreilles", necklace: "collier",
  bracelet: "bracelet", briefs: "slip", trunks: "boxer", bra: "soutien-gorge", undershirt: "maillot de corps",
  swimsuit: "maillot de bain", perfume: "parfum", deodorant: "déodorant",
  // primary_color
  black: "noir", white: "blanc", "off-white": "blanc cassé", cream: "crème", gray: "gris", grey: "gris",
  charcoal: "anthracite", silver: "argenté", steel: "gris acier", blue: "bleu", navy: "bleu marine",
  "light blue": "bleu clair", turquoise: "turquoise", red: "rouge", burgundy: "bordeaux", pink: "rose", magenta: "magenta",
  peach: "pêche", purple: "violet", lavender: "lavande", green: "vert", olive: "olive", brown: "marron", tan: "fauve",
  copper: "cuivre", beige: "beige", khaki: "kaki", yellow: "jaune", mustard: "moutarde", orange: "orange", gold: "doré",
  multi: "multicolore",
  // pattern
  solid: "uni", striped: "rayé", pinstriped: "à fines rayures", checked: "à carreaux", plaid: "écossais", floral: "à fleurs",
  dotted: "à pois", camouflage: "camouflage", "color block": "color block", graphic: "imprimé", animal: "imprimé animal",
  "tie-dye": "tie and dye", paisley: "cachemire à motifs", "cable knit": "torsadé", distressed: "usé", embroidered: "brodé",
  "fair isle": "jacquard nordique",
  // material
  cotton: "coton", linen: "lin", viscose: "viscose", silk: "soie", denim: "denim", flannel: "flanelle", pique: "piqué",
  wool: "laine", cashmere: "cachemire", acrylic: "acrylique", fleece: "polaire", nylon: "nylon", polyester: "polyester",
  elastane: "élasthanne", suede: "daim", leather: "cuir", "patent leather": "cuir verni", "faux leather": "simili cuir",
  twill: "sergé", tweed: "tweed", corduroy: "velours côtelé", velvet: "velours", satin: "satin", chiffon: "mousseline",
  lace: "dentelle", mesh: "résille", tulle: "tulle", knit: "maille", canvas: "toile", straw: "paille", felt: "feutre",
  down: "duvet", fur: "fourrure", "faux fur": "fausse fourrure", rubber: "caoutchouc", sequin: "sequins", hemp: "chanvre",
  metal: "métal",
  // style
  casual: "décontracté", classic: "classique", sporty: "sportif", streetwear: "streetwear", vintage: "vintage", y2k: "Y2K",
  boho: "bohème", romantic: "romantique", minimalist: "minimaliste", preppy: "preppy", edgy: "audacieux", grunge: "grunge",
  gothic: "gothique", punk: "punk", western: "western", cottagecore: "cottagecore", workwear: "workwear", glamorous: "glamour",
  ethnic: "ethnique",
  // fit
  regular: "normal", slim: "ajusté", skinny: "skinny", straight: "droit", relaxed: "ample", oversized: "oversize",
  wide: "large", flared: "évasé", bootcut: "bootcut", tapered: "fuselé", "a-line": "ligne A", bodycon: "moulant",
  pencil: "crayon", "high waisted": "taille haute", "low rise": "taille basse", "low-top": "basses", "high-top": "montantes",
  ankle: "à la cheville", "knee-high": "hautes", stiletto: "talon aiguille", "block heel": "talon carré", wedge: "compensées",
  platform: "plateforme",
  // neckline
  crew: "col rond", "v-neck": "col en V", scoop: "col échancré", boat: "col bateau", turtleneck: "col roulé",
  "neckline.high": "col montant", high: "haut", collar: "col chemise", band: "col mao", lapel: "revers", hooded: "à capuche",
  square: "col carré", sweetheart: "décolleté en cœur", halter: "dos nu", "off-shoulder": "épaules dénudées",
  strapless: "bustier", cowl: "col bénitier", henley: "col tunisien",
  // sleeve_length
  sleeveless: "sans manches", short: "court", "three-quarter": "trois quarts", long: "long",
  // garment_length
  cropped: "raccourci", mini: "mini", knee: "au genou", midi: "midi", maxi: "maxi", full: "pleine longueur", capri: "capri",
  // closure
  button: "boutons", "one button": "un bouton", "two buttons": "deux boutons", "double-breasted": "croisé",
  zip: "fermeture éclair", "lace-up": "à lacets", "slip-on": "à enfiler", "pull-on": "taille élastique",
  pullover: "à passer par la tête", drawstring: "cordon de serrage", buckle: "boucle", velcro: "velcro",
  "closure.belt": "à ceinture", wrap: "portefeuille", "closure.tie": "à nouer", hook: "crochets", snap: "pressions",
  clasp: "fermoir", magnetic: "magnétique", adjustable: "réglable", open: "ouvert",
  // season
  summer: "été", winter: "hiver", spring: "printemps", autumn: "automne", "all season": "toute saison",
  // occasion
  everyday: "quotidien", work: "travail", formal: "habillé", party: "fête", wedding: "mariage", evening: "soirée",
  vacation: "vacances", sport: "sport", outdoor: "plein air", lounge: "détente", maternity: "grossesse", festival: "festival",
  // gender
  women: "femme", men: "homme", unisex: "unisexe", boys: "garçon", girls: "fille",
  // condition
  new: "neuf", "like new": "comme neuf", good: "bon", fair: "correct", poor: "usé",
} as Record<string, string>;
