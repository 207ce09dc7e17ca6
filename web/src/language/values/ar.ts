// What the values of properties are called in Arabic. A key is a value of the ontology, with its property where it has another name there.
export default {
  // category
  tops: "ملابس علوية", bottoms: "ملابس سفلية", outerwear: "سترات ومعاطف", dresses: "فساتين", shoes: "أحذية", bags: "حقائب",
  accessories: "إكسسوارات", underwear: "ملابس داخلية", beauty: "جمال",
  // subcategory
  "t-shirt": "تيشيرت", "polo shirt": "قميص بولو", shirt: "قميص", "dress shirt": "قميص رسمي", top: "توب", blouse: "بلوزة",
  "tank top": "قميص بلا أكمام", tunic: "تونيك", kurta: "كورتا", kurti: "كورتي", "kurta set": "طقم كورتا",
  sweatshirt: "سويت شيرت", hoodie: "هودي", sweater: "كنزة", cardigan: "كارديغان", "sweater vest": "صديري محبوك",
  tracksuit: "بدلة رياضية", jacket: "سترة", "bomber jacket": "سترة بومبر", "denim jacket": "سترة جينز",
  "puffer jacket": "سترة منفوخة", "leather jacket": "سترة جلدية", blazer: "بليزر", waistcoat: "صديري", gilet: "سترة بلا أكمام",
  coat: "معطف", "trench coat": "معطف ترنش", dress: "فستان", "slip dress": "فستان سليب", jumpsuit: "جمبسوت", saree: "ساري",
  skirt: "تنورة", "pleated skirt": "تنورة بليسيه", jeans: "جينز", trousers: "بنطال", "track pants": "بنطال رياضي",
  joggers: "بنطال جوغر", capris: "بنطال كابري", leggings: "ليغنغز", salwar: "سلوار", shorts: "شورت",
  "casual shoes": "أحذية كاجوال", sneakers: "سنيكرز", loafers: "لوفر", "sports shoes": "أحذية رياضية",
  "formal shoes": "أحذية رسمية", heels: "كعب عالٍ", flats: "أحذية مسطحة", sandals: "صنادل", "sports sandals": "صنادل رياضية",
  "flip flops": "شباشب", boots: "أحذية طويلة", handbag: "حقيبة يد", "tote bag": "حقيبة توت", clutch: "كلاتش",
  backpack: "حقيبة ظهر", "laptop bag": "حقيبة حاسوب", "messenger bag": "حقيبة كتف", "duffel bag": "حقيبة سفر",
  "belt bag": "حقيبة خصر", pouch: "محفظة صغيرة", wallet: "محفظة", belt: "حزام", watch: "ساعة", sunglasses: "نظارة شمسية",
  socks: "جوارب", cap: "كاب", hat: "قبعة", beanie: "قبعة صوفية", scarf: "وشاح", muffler: "لفاف", stole: "شال",
  dupatta: "دوباتا", tie: "ربطة عنق", gloves: "قفازات", suspenders: "حمالات", headband: "عصابة رأس", cufflinks: "أزرار أكمام",
  earrings: "أقراط", necklace: "قلادة", bracelet: "سوار", briefs: "سروال داخلي", trunks: "بوكسر", bra: "حمالة صدر",
  undershirt: "قميص داخلي", swimsuit: "ملابس سباحة", perfume: "عطر", deodorant: "مزيل عرق",
  // primary_color
  black: "أسود", white: "أبيض", "off-white": "أبيض مائل للصفرة", cream: "كريمي", gray: "رمادي", grey: "رمادي",
  charcoal: "رمادي فحمي", silver: "فضي", steel: "رمادي فولاذي", blue: "أزرق", navy: "كحلي", "light blue": "أزرق فاتح",
  turquoise: "فيروزي", red: "أحمر", burgundy: "عنابي", pink: "وردي", magenta: "ماجنتا", peach: "خوخي", purple: "بنفسجي",
  lavender: "لافندر", green: "أخضر", olive: "زيتوني", brown: "بني", tan: "بني فاتح", copper: "نحاسي", beige: "بيج",
  khaki: "كاكي", yellow: "أصفر", mustard: "خردلي", orange: "برتقالي", gold: "ذهبي", multi: "متعدد الألوان",
  // pattern
  solid: "سادة", striped: "مخطط", pinstriped: "مقلم", checked: "مربعات", plaid: "كاروهات", floral: "مزهر", dotted: "منقط",
  camouflage: "مموه", "color block": "كتل لونية", graphic: "مطبوع", animal: "نقش حيوانات", "tie-dye": "صباغة معقودة",
  paisley: "بيزلي", "cable knit": "حياكة مجدولة", distressed: "ممزق", embroidered: "مطرز", "fair isle": "فير آيل",
  // material
  cotton: "قطن", linen: "كتان", viscose: "فسكوز", silk: "حرير", denim: "دنيم", flannel: "فلانيل", pique: "بيكيه", wool: "صوف",
  cashmere: "كشمير", acrylic: "أكريليك", fleece: "فليس", nylon: "نايلون", polyester: "بوليستر", elastane: "إيلاستين",
  suede: "شامواه", leather: "جلد", "patent leather": "جلد لامع", "faux leather": "جلد صناعي", twill: "تويل", tweed: "تويد",
  corduroy: "قطيفة مضلعة", velvet: "مخمل", satin: "ساتان", chiffon: "شيفون", lace: "دانتيل", mesh: "شبك", tulle: "تول",
  knit: "تريكو", canvas: "قماش قنب", straw: "قش", felt: "لباد", down: "ريش", fur: "فرو", "faux fur": "فرو صناعي",
  rubber: "مطاط", sequin: "ترتر", hemp: "ألياف القنب", metal: "معدن",
  // style
  casual: "كاجوال", classic: "كلاسيكي", sporty: "رياضي الطابع", streetwear: "ستريت وير", vintage: "فينتج", y2k: "واي تو كيه",
  boho: "بوهو", romantic: "رومانسي", minimalist: "بسيط", preppy: "بريبي", edgy: "جريء", grunge: "غرنج", gothic: "قوطي",
  punk: "بانك", western: "ويسترن", cottagecore: "كوتيج كور", workwear: "ملابس عمل", glamorous: "فاخر", ethnic: "تراثي",
  // fit
  regular: "عادي", slim: "ضيق", skinny: "سكيني", straight: "مستقيم", relaxed: "مريح", oversized: "أوفر سايز", wide: "واسع",
  flared: "متسع", bootcut: "بوت كت", tapered: "ضيق من الأسفل", "a-line": "قصة A", bodycon: "ملتصق", pencil: "بنسل",
  "high waisted": "خصر عالٍ", "low rise": "خصر منخفض", "low-top": "رقبة منخفضة", "high-top": "رقبة عالية", ankle: "حتى الكاحل",
  "knee-high": "حتى الركبة", stiletto: "كعب رفيع", "block heel": "كعب عريض", wedge: "كعب إسفيني", platform: "منصة",
  // neckline
  crew: "رقبة مستديرة", "v-neck": "رقبة V", scoop: "رقبة واسعة", boat: "رقبة قارب", turtleneck: "رقبة عالية مطوية",
  "neckline.high": "رقبة عالية", high: "عالٍ", collar: "ياقة", band: "ياقة قائمة", lapel: "ياقة طية", hooded: "بقلنسوة",
  square: "رقبة مربعة", sweetheart: "رقبة قلب", halter: "رقبة هالتر", "off-shoulder": "مكشوف الكتفين", strapless: "بلا حمالات",
  cowl: "رقبة منسدلة", henley: "رقبة هينلي",
  // sleeve_length
  sleeveless: "بلا أكمام", short: "قصير", "three-quarter": "ثلاثة أرباع", long: "طويل",
  // garment_length
  cropped: "كروب", mini: "ميني", knee: "حتى الركبة", midi: "ميدي", maxi: "ماكسي", full: "كامل", capri: "كابري",
  // closure
  button: "أزرار", "one button": "زر واحد", "two buttons": "زران", "double-breasted": "صف مزدوج", zip: "سحاب",
  "lace-up": "برباط", "slip-on": "بلا رباط", "pull-on": "خصر مطاطي", pullover: "يلبس من الرأس", drawstring: "رباط شد",
  buckle: "إبزيم", velcro: "فيلكرو", "closure.belt": "بحزام", wrap: "ملفوف", "closure.tie": "يربط", hook: "خطاف",
  snap: "كبسات", clasp: "مشبك", magnetic: "مغناطيسي", adjustable: "قابل للتعديل", open: "مفتوح",
  // season
  summer: "صيف", winter: "شتاء", spring: "ربيع", autumn: "خريف", "all season": "كل المواسم",
  // occasion
  everyday: "يومي", work: "عمل", formal: "رسمي", party: "حفلة", wedding: "زفاف", evening: "مسائي", vacation: "عطلة",
  sport: "رياضة", outdoor: "هواء طلق", lounge: "منزلي", maternity: "حمل", festival: "مهرجان",
  // gender
  women: "نساء", men: "رجال", unisex: "للجنسين", boys: "أولاد", girls: "بنات",
  // condition
  new: "جديد", "like new": "كالجديد", good: "جيد", fair: "مقبول", poor: "مستهلك",
} as Record<string, string>;
