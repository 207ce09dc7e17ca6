// What the values of properties are called in German. A key is a value of the ontology, with its property where it has another name there.
export default {
  // category
  tops: "Oberteile", bottoms: "Hosen & Röcke", outerwear: "Jacken & Mäntel", dresses: "Kleider", shoes: "Schuhe",
  bags: "Taschen", accessories: "Accessoires", underwear: "Unterwäsche", beauty: "Schönheit",
  // subcategory
  "t-shirt": "T-Shirt", "polo shirt": "Poloshirt", shirt: "Hemd", "dress shirt": "Businesshemd", top: "Top", blouse: "Bluse",
  "tank top": "Tanktop", tunic: "Tunika", kurta: "Kurta", kurti: "Kurti", "kurta set": "Kurta-Set", sweatshirt: "Sweatshirt",
  hoodie: "Hoodie", sweater: "Pullover", cardigan: "Strickjacke", "sweater vest": "Pullunder", tracksuit: "Trainingsanzug",
  jacket: "Jacke", "bomber jacket": "Bomberjacke", "denim jacket": "Jeansjacke", "puffer jacket": "Steppjacke",
  "leather jacket": "Lederjacke", blazer: "Blazer", waistcoat: "Weste", gilet: "Steppweste", coat: "Mantel",
  "trench coat": "Trenchcoat", dress: "Kleid", "slip dress": "Slipdress", jumpsuit: "Jumpsuit", saree: "Sari", skirt: "Rock",
  "pleated skirt": "Faltenrock", jeans: "Jeans", trousers: "Hose", "track pants": "Trainingshose", joggers: "Jogginghose",
  capris: "Caprihose", leggings: "Leggings", salwar: "Salwar", shorts: "Shorts", "casual shoes": "Freizeitschuhe",
  sneakers: "Sneaker", loafers: "Loafer", "sports shoes": "Sportschuhe", "formal shoes": "Elegante Schuhe",
  heels: "High Heels", flats: "Flache Schuhe", sandals: "Sandalen", "sports sandals": "Sportsandalen",
  "flip flops": "Zehentrenner", boots: "Stiefel", handbag: "Handtasche", "tote bag": "Shopper", clutch: "Clutch",
  backpack: "Rucksack", "laptop bag": "Laptoptasche", "messenger bag": "Umhängetasche", "duffel bag": "Reisetasche",
  "belt bag": "Gürteltasche", pouch: "Täschchen", wallet: "Geldbörse", belt: "Gürtel", watch: "Uhr",
  sunglasses: "Sonnenbrille", socks: "Socken", cap: "Kappe", hat: "Hut", beanie: "Mütze", scarf: "Schal", muffler: "Wollschal",
  stole: "Stola", dupatta: "Dupatta", tie: "Krawatte", gloves: "Handschuhe", suspenders: "Hosenträger", headband: "Stirnband",
  cufflinks: "Manschettenknöpfe", earrings: "Ohrringe", necklace: "Halskette", bracelet: "Armband", briefs: "Slip",
  trunks: "Boxershorts", bra: "BH", undershirt: "Unterhemd", swimsuit: "Badeanzug", perfume: "Parfüm", deodorant: "Deodorant",
  // primary_color
  black: "schwarz", white: "weiß", "off-white": "wollweiß", cream: "creme", gray: "grau", grey: "grau", charcoal: "anthrazit",
  silver: "silber", steel: "stahlgrau", blue: "blau", navy: "marineblau", "light blue": "hellblau", turquoise: "türkis",
  red: "rot", burgundy: "bordeaux", pink: "rosa", magenta: "magenta", peach: "pfirsich", purple: "lila", lavender: "lavendel",
  green: "grün", olive: "oliv", brown: "braun", tan: "hellbraun", copper: "kupfer", beige: "beige", khaki: "khaki",
  yellow: "gelb", mustard: "senfgelb", orange: "orange", gold: "gold", multi: "bunt",
  // pattern
  solid: "einfarbig", striped: "gestreift", pinstriped: "mit Nadelstreifen", checked: "kariert", plaid: "mit Schottenkaro",
  floral: "geblümt", dotted: "gepunktet", camouflage: "Camouflage", "color block": "mit Farbblöcken", graphic: "mit Aufdruck",
  animal: "mit Tiermuster", "tie-dye": "Batik", paisley: "Paisley", "cable knit": "mit Zopfmuster", distressed: "im Used-Look",
  embroidered: "bestickt", "fair isle": "Norwegermuster",
  // material
  cotton: "Baumwolle", linen: "Leinen", viscose: "Viskose", silk: "Seide", denim: "Denim", flannel: "Flanell", pique: "Piqué",
  wool: "Wolle", cashmere: "Kaschmir", acrylic: "Acryl", fleece: "Fleece", nylon: "Nylon", polyester: "Polyester",
  elastane: "Elasthan", suede: "Wildleder", leather: "Leder", "patent leather": "Lackleder", "faux leather": "Kunstleder",
  twill: "Twill", tweed: "Tweed", corduroy: "Cord", velvet: "Samt", satin: "Satin", chiffon: "Chiffon", lace: "Spitze",
  mesh: "Mesh", tulle: "Tüll", knit: "Strick", canvas: "Canvas", straw: "Stroh", felt: "Filz", down: "Daunen", fur: "Pelz",
  "faux fur": "Kunstpelz", rubber: "Gummi", sequin: "Pailletten", hemp: "Hanf", metal: "Metall",
  // style
  casual: "lässig", classic: "klassisch", sporty: "sportlich", streetwear: "Streetwear", vintage: "Vintage", y2k: "Y2K",
  boho: "Boho", romantic: "romantisch", minimalist: "minimalistisch", preppy: "Preppy", edgy: "auffällig", grunge: "Grunge",
  gothic: "Gothic", punk: "Punk", western: "Western", cottagecore: "Cottagecore", workwear: "Workwear", glamorous: "glamourös",
  ethnic: "ethnisch",
  // fit
  regular: "normal", slim: "schmal", skinny: "hauteng", straight: "gerade", relaxed: "locker", oversized: "oversized",
  wide: "weit", flared: "ausgestellt", bootcut: "Bootcut", tapered: "nach unten schmal", "a-line": "A-Linie",
  bodycon: "figurbetont", pencil: "Bleistiftform", "high waisted": "hohe Taille", "low rise": "niedriger Bund",
  "low-top": "niedriger Schaft", "high-top": "hoher Schaft", ankle: "knöchelhoch", "knee-high": "kniehoch",
  stiletto: "Pfennigabsatz", "block heel": "Blockabsatz", wedge: "Keilabsatz", platform: "Plateau",
  // neckline
  crew: "Rundhals", "v-neck": "V-Ausschnitt", scoop: "weiter Rundhals", boat: "U-Boot-Ausschnitt", turtleneck: "Rollkragen",
  "neckline.high": "hochgeschlossen", high: "hoch", collar: "Kragen", band: "Stehkragen", lapel: "Revers",
  hooded: "mit Kapuze", square: "eckiger Ausschnitt", sweetheart: "Herzausschnitt", halter: "Neckholder",
  "off-shoulder": "schulterfrei", strapless: "trägerlos", cowl: "Wasserfallkragen", henley: "Henley",
  // sleeve_length
  sleeveless: "ärmellos", short: "kurz", "three-quarter": "dreiviertellang", long: "lang",
  // garment_length
  cropped: "gekürzt", mini: "Mini", knee: "knielang", midi: "Midi", maxi: "Maxi", full: "bodenlang", capri: "Capri",
  // closure
  button: "Knöpfe", "one button": "ein Knopf", "two buttons": "zwei Knöpfe", "double-breasted": "zweireihig",
  zip: "Reißverschluss", "lace-up": "zum Schnüren", "slip-on": "zum Hineinschlüpfen", "pull-on": "Schlupfbund",
  pullover: "zum Überziehen", drawstring: "Kordelzug", buckle: "Schnalle", velcro: "Klettverschluss",
  "closure.belt": "mit Gürtel", wrap: "zum Wickeln", "closure.tie": "zum Binden", hook: "Haken", snap: "Druckknöpfe",
  clasp: "Verschluss", magnetic: "magnetisch", adjustable: "verstellbar", open: "offen",
  // season
  summer: "Sommer", winter: "Winter", spring: "Frühling", autumn: "Herbst", "all season": "ganzjährig",
  // occasion
  everyday: "Alltag", work: "Arbeit", formal: "formell", party: "Party", wedding: "Hochzeit", evening: "Abend",
  vacation: "Urlaub", sport: "Sport", outdoor: "Outdoor", lounge: "Zuhause", maternity: "Umstandsmode", festival: "Festival",
  // gender
  women: "Damen", men: "Herren", unisex: "Unisex", boys: "Jungen", girls: "Mädchen",
  // condition
  new: "neu", "like new": "wie neu", good: "gut", fair: "akzeptabel", poor: "abgenutzt",
} as Record<string, string>;
