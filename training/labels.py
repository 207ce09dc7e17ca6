"""The labels that the embedder learns, and the words for them.

The sources use different names: the product table has article types and base colours, the photos are in ten
folders, and drawn garments have sub-categories. The tables map them to one set of names, which are also the
values that the model predicts and the phrases of its text encoder.
"""

UNKNOWN = -1  # the label of an image whose value is unknown

# The coarse kinds, common to all sources, with the category that each belongs to.
KINDS = {
    "t-shirt": "tops", "shirt": "tops", "longsleeve": "tops", "top": "tops", "kurta": "tops",
    "outwear": "outerwear", "dress": "dresses", "skirt": "bottoms", "pants": "bottoms", "shorts": "bottoms",
    "shoes": "shoes", "hat": "accessories", "bag": "bags", "wallet": "bags", "watch": "accessories",
    "belt": "accessories", "eyewear": "accessories", "socks": "accessories", "scarf": "accessories",
    "tie": "accessories", "jewellery": "accessories", "underwear": "underwear", "fragrance": "beauty",
}  # fmt: skip

# The fine types: (name, coarse kind, article types of the product table, sub-categories of drawn garments,
# words that shoppers use).
_TYPES = [
    ("t-shirt", "t-shirt", ["Tshirts"], ["t-shirt", "polo shirt"], ["t shirt", "tshirt", "tee", "polo", "polo shirt", "jersey"]),
    ("shirt", "shirt", ["Shirts"], ["shirt"], ["button down shirt", "dress shirt"]),
    ("top", "top", ["Tops", "Camisoles"], ["tank top"], ["blouse", "tank top", "camisole", "cami"]),
    ("tunic", "top", ["Tunics"], [], []),
    ("kurta", "kurta", ["Kurtas", "Nehru Jackets"], [], []),
    ("kurti", "kurta", ["Kurtis"], [], []),
    ("kurta set", "kurta", ["Kurta Sets"], [], ["salwar suit"]),
    ("sweatshirt", "longsleeve", ["Sweatshirts"], ["hoodie"], ["hoodie", "hoody", "hooded sweatshirt"]),
    ("sweater", "longsleeve", ["Sweaters"], ["sweater", "cardigan"], ["jumper", "pullover", "cardigan", "knitwear"]),
    ("jacket", "outwear", ["Jackets", "Rain Jacket"], ["leather jacket", "denim jacket", "puffer jacket", "bomber jacket"], ["bomber", "bomber jacket", "leather jacket", "denim jacket", "puffer jacket", "windcheater", "windbreaker"]),
    ("coat", "outwear", [], ["coat"], ["overcoat", "trench coat", "parka"]),
    ("blazer", "outwear", ["Blazers", "Waistcoat"], ["blazer"], ["suit jacket", "sport coat"]),
    ("dress", "dress", ["Dresses"], ["dress", "slip dress"], ["gown", "frock", "sundress", "slip dress"]),
    ("skirt", "skirt", ["Skirts"], ["skirt", "pleated skirt"], ["mini skirt", "pleated skirt"]),
    ("jeans", "pants", ["Jeans", "Jeggings"], ["jeans"], ["denims", "denim jeans"]),
    ("trousers", "pants", ["Trousers"], ["trousers"], ["pants", "chinos", "slacks"]),
    ("track pants", "pants", ["Track Pants", "Lounge Pants"], ["joggers"], ["joggers", "sweatpants", "jogging bottoms"]),
    ("capris", "pants", ["Capris"], [], ["cropped pants"]),
    ("leggings", "pants", ["Leggings", "Tights", "Churidar"], [], ["tights"]),
    ("salwar", "pants", ["Salwar", "Patiala"], [], ["patiala"]),
    ("shorts", "shorts", ["Shorts", "Lounge Shorts"], ["shorts"], ["bermudas"]),
    ("casual shoes", "shoes", ["Casual Shoes"], ["sneakers", "loafers"], ["sneakers", "loafers", "plimsolls", "canvas shoes"]),
    ("sports shoes", "shoes", ["Sports Shoes"], [], ["running shoes", "trainers", "athletic shoes", "training shoes"]),
    ("formal shoes", "shoes", ["Formal Shoes"], [], ["oxfords", "derby shoes", "brogues", "dress shoes"]),
    ("heels", "shoes", ["Heels"], ["heels"], ["high heels", "pumps", "stilettos", "wedges"]),
    ("flats", "shoes", ["Flats"], [], ["ballerinas", "ballet flats"]),
    ("sandals", "shoes", ["Sandals"], [], ["sandal"]),
    ("sports sandals", "shoes", ["Sports Sandals"], [], ["floaters"]),
    ("flip flops", "shoes", ["Flip Flops"], [], ["slippers", "slides", "thongs"]),
    ("boots", "shoes", [], ["boots"], ["ankle boots"]),
    ("handbag", "bag", ["Handbags"], ["handbag", "tote bag"], ["hand bag", "purse", "tote", "tote bag", "shoulder bag", "sling bag"]),
    ("clutch", "bag", ["Clutches"], [], ["clutch bag", "evening bag"]),
    ("backpack", "bag", ["Backpacks"], ["backpack"], ["rucksack"]),
    ("laptop bag", "bag", ["Laptop Bag", "Messenger Bag"], [], ["messenger bag", "briefcase"]),
    ("duffel bag", "bag", ["Duffel Bag"], [], ["gym bag", "duffle bag", "holdall"]),
    ("wallet", "wallet", ["Wallets"], [], ["card holder"]),
    ("belt", "belt", ["Belts"], ["belt"], []),
    ("watch", "watch", ["Watches"], [], ["wristwatch", "wrist watch"]),
    ("sunglasses", "eyewear", ["Sunglasses"], [], ["shades", "aviators", "eyewear"]),
    ("socks", "socks", ["Socks", "Stockings"], [], ["sock"]),
    ("cap", "hat", ["Caps"], ["cap"], ["baseball cap"]),
    ("hat", "hat", [], ["hat"], ["fedora", "sun hat"]),
    ("beanie", "hat", [], ["beanie"], ["knit hat", "woolly hat"]),
    ("scarf", "scarf", ["Scarves"], ["scarf"], []),
    ("muffler", "scarf", ["Mufflers"], [], []),
    ("stole", "scarf", ["Stoles"], [], ["shawl"]),
    ("dupatta", "scarf", ["Dupatta"], [], []),
    ("tie", "tie", ["Ties"], [], ["necktie"]),
    ("cufflinks", "jewellery", ["Cufflinks"], [], []),
    ("earrings", "jewellery", ["Earrings"], [], []),
    ("briefs", "underwear", ["Briefs"], [], ["panties", "underpants"]),
    ("trunks", "underwear", ["Trunk", "Boxers"], [], ["boxers", "boxer shorts"]),
    ("bra", "underwear", ["Bra"], [], []),
    ("undershirt", "underwear", ["Innerwear Vests"], [], ["vest", "innerwear vest"]),
    ("perfume", "fragrance", ["Perfume and Body Mist", "Fragrance Gift Set"], [], ["fragrance", "body mist", "eau de toilette"]),
    ("deodorant", "fragrance", ["Deodorant"], [], ["deo"]),
    ("tracksuit", "longsleeve", ["Tracksuits"], [], []),
    ("swimsuit", "underwear", ["Swimwear"], [], ["swimwear", "bikini"]),
]  # fmt: skip

TYPES = [name for name, *_ in _TYPES]
TYPE_KIND = {name: kind for name, kind, *_ in _TYPES}
TYPE_OF_ARTICLE = {article: name for name, _, articles, _, _ in _TYPES for article in articles}
TYPE_OF_DRAWN = {drawn: name for name, _, _, kinds, _ in _TYPES for drawn in kinds}

# Words for the coarse kinds, which include the names of the photos' folders.
_KIND_WORDS = {
    "t-shirt": ["t shirt", "tshirt", "tee"],
    "shirt": ["shirt"],
    "longsleeve": ["longsleeve", "long sleeve", "long sleeve top", "long sleeved top"],
    "outwear": ["outerwear", "outwear"],
    "dress": ["dress"],
    "skirt": ["skirt"],
    "pants": ["pants", "trousers"],
    "shorts": ["shorts"],
    "shoes": ["shoes", "footwear"],
    "hat": ["hat", "headwear"],
    "bag": ["bag"],
    "underwear": ["underwear", "innerwear", "lingerie"],
    "jewellery": ["jewellery", "jewelry"],
}

# Colours: the name, the base colours of the product table, the colours of drawn garments, words for it.
_COLOURS = [
    ("black", ["Black"], ["black"], []),
    ("white", ["White"], ["white"], []),
    ("off-white", ["Off White"], [], ["off white", "ivory"]),
    ("cream", ["Cream"], [], ["ecru"]),
    ("gray", ["Grey", "Grey Melange"], ["gray"], ["grey", "grey melange", "heather grey"]),
    ("charcoal", ["Charcoal"], [], ["dark grey", "dark gray", "anthracite"]),
    ("silver", ["Silver", "Metallic"], [], []),
    ("steel", ["Steel"], [], ["stainless steel"]),
    ("blue", ["Blue"], ["blue"], ["cobalt", "royal blue"]),
    ("navy", ["Navy Blue"], ["navy"], ["navy blue", "dark blue"]),
    ("light blue", [], ["light blue"], ["sky blue", "baby blue", "pale blue"]),
    ("turquoise", ["Turquoise Blue", "Teal", "Sea Green"], [], ["teal", "aqua", "turquoise blue", "sea green"]),
    ("red", ["Red"], ["red"], ["scarlet", "crimson"]),
    ("burgundy", ["Maroon", "Burgundy"], ["burgundy"], ["maroon", "wine", "bordeaux", "dark red"]),
    ("pink", ["Pink"], ["pink"], ["rose", "blush", "hot pink"]),
    ("magenta", ["Magenta"], [], ["fuchsia"]),
    ("peach", ["Peach"], [], ["coral", "salmon"]),
    ("purple", ["Purple"], ["purple"], ["violet", "plum", "aubergine"]),
    ("lavender", ["Lavender", "Mauve"], [], ["lilac", "mauve"]),
    ("green", ["Green"], ["green"], ["emerald"]),
    ("olive", ["Olive"], ["olive"], ["olive green", "army green", "dark green"]),
    ("brown", ["Brown", "Coffee Brown"], ["brown"], ["chocolate", "coffee brown", "dark brown"]),
    ("tan", ["Tan", "Rust"], [], ["camel", "cognac", "rust"]),
    ("copper", ["Copper", "Bronze"], [], ["bronze"]),
    ("beige", ["Beige", "Nude", "Skin", "Taupe"], ["beige"], ["nude", "skin", "taupe", "sand"]),
    ("khaki", ["Khaki"], [], []),
    ("yellow", ["Yellow"], ["yellow"], ["lemon"]),
    ("mustard", ["Mustard"], [], ["ochre"]),
    ("orange", ["Orange"], ["orange"], ["tangerine"]),
    ("gold", ["Gold"], [], ["golden"]),
    ("multi", ["Multi"], [], ["multicolor", "multicolour", "multi coloured", "multicolored", "multicoloured"]),
]  # fmt: skip

COLOURS = [name for name, *_ in _COLOURS]
COLOUR_OF_BASE = {base: name for name, bases, _, _ in _COLOURS for base in bases}
COLOUR_OF_DRAWN = {drawn: name for name, _, kinds, _ in _COLOURS for drawn in kinds}

GENDERS = {
    "men": ["men", "man", "mens", "male", "gents"],
    "women": ["women", "woman", "womens", "female", "ladies"],
    "unisex": ["unisex"],
    "boys": ["boys", "boy"],
    "girls": ["girls", "girl"],
}

USAGES = {
    "casual": ["casual", "everyday"],
    "sports": ["sports", "sport", "sporty", "athletic"],
    "ethnic": ["ethnic", "traditional"],
    "formal": ["formal", "office", "business"],
}
USAGE_OF_TABLE = {"Casual": "casual", "Smart Casual": "casual", "Sports": "sports", "Ethnic": "ethnic", "Formal": "formal"}

# Patterns with their words in titles and drawn garments, in order of precedence.
PATTERNS = {
    "striped": ["striped", "stripes", "stripe", "pinstriped"],
    "checked": ["checked", "checks", "check", "plaid", "checkered", "tartan", "gingham"],
    "floral": ["floral", "flower", "flowers"],
    "dotted": ["dotted", "dots", "polka", "polka dot"],
    "camouflage": ["camouflage", "camo"],
    "color block": ["color block", "colour block", "colorblock"],
    "graphic": ["graphic", "printed", "print", "prints", "logo"],
    "solid": ["solid", "plain"],
}


def _words(table):
    return {name: [name.replace("-", " "), *words] for name, *_, words in table}


# For each head, the words of its values, of which queries are composed.
WORDS = {
    "type": _words(_TYPES),
    "kind": _KIND_WORDS,
    "colour": _words(_COLOURS),
    "gender": GENDERS,
    "usage": USAGES,
    "pattern": PATTERNS,
}

# The heads with their values, in the order of their outputs.
HEADS = {
    "type": TYPES,
    "kind": list(KINDS),
    "colour": COLOURS,
    "gender": list(GENDERS),
    "usage": list(USAGES),
    "pattern": list(PATTERNS),
}


def index(head, value):
    """The index of a value of a head, or UNKNOWN."""
    values = HEADS[head]
    return values.index(value) if value in values else UNKNOWN


def pattern_in(title):
    """The pattern that a title mentions, or None."""
    words = set(title.lower().replace("-", " ").split())
    return next((name for name, marks in PATTERNS.items() if words.intersection(marks)), None)
