"""Shops on loopback, for tests of sources: each serves the catalogue that a test gives it, and counts what is asked."""

import collections
import http.server
import json
import threading
import urllib.parse

import image_files


class Piece:
    """A piece of clothing that a shop sells."""

    def __init__(self, number, title=None, price="80.00", size="M", is_available=True, photo=None):
        self.number = number
        self.title = title or f"Wool coat {number}"
        self.price = price
        self.size = size
        self.is_available = is_available
        self.photo = photo or number  # the number of its photo (image_files.jpeg)


class Handler(http.server.BaseHTTPRequestHandler):
    """Passes requests to the shop."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        shop = self.server.shop
        url = urllib.parse.urlsplit(self.path)
        with shop.lock:
            shop.asked[url.path] += 1
            shop.agents.add(self.headers.get("User-Agent", ""))
            answer = shop.answer(url.path, dict(urllib.parse.parse_qsl(url.query)), self.headers)
        status, body, headers = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the client has gone
        self.close_connection = True


class Shop:
    """The common part. Use as a context manager. `pieces` may be replaced at any time, under `lock`."""

    def __init__(self, pieces=()):
        self.lock = threading.RLock()
        self.pieces = list(pieces)
        self.asked = collections.Counter()  # requests by path
        self.photos_at = ""  # the address of the host of the photos; empty: the shop itself
        self.agents = set()
        self.override = {}  # path -> (status, body, headers), instead of what the shop would answer
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.shop = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def sell(self, *pieces):
        """Replaces what the shop sells."""
        with self.lock:
            self.pieces = list(pieces)

    def answer(self, path, query, headers):
        if path in self.override:
            return self.override[path]
        if path == "/robots.txt":
            return 404, b"", {}
        if path.startswith("/photos/"):
            number = path.removeprefix("/photos/").removesuffix(".jpg")
            if number.isdigit():
                return 200, image_files.jpeg(int(number)), {"Content-Type": "image/jpeg"}
        return self.serve(path, query, headers) or (404, b"", {})

    def serve(self, path, query, headers):
        """The answer to a path, or None."""

    def photo_url(self, piece):
        return f"{self.photos_at or self.url}/photos/{piece.photo}.jpg"


def json_answer(value, **headers):
    return 200, json.dumps(value).encode(), {"Content-Type": "application/json"} | headers


class Shopify(Shop):
    """/products.json in pages, as shops on Shopify have it."""

    def serve(self, path, query, headers):
        if path == "/meta.json":
            return json_answer({"name": "Shop", "currency": "EUR"})
        if path != "/products.json":
            return None
        size, page = min(int(query.get("limit", 30)), 250), int(query.get("page", 1))
        return json_answer({"products": [self.product(piece) for piece in self.pieces[(page - 1) * size:page * size]]})

    def product(self, piece):
        return {"id": piece.number, "title": piece.title, "handle": f"piece-{piece.number}", "vendor": "Acme",
                "body_html": "<p>Warm</p>", "product_type": "Coats", "tags": ["women"],
                "variants": [{"id": piece.number * 10, "option1": piece.size, "price": piece.price,
                              "available": piece.is_available}],
                "images": [{"id": 1, "src": self.photo_url(piece)}],
                "options": [{"name": "Size", "position": 1, "values": [piece.size]}]}


class WooCommerce(Shop):
    """The Store API of WooCommerce."""

    def serve(self, path, query, headers):
        if path != "/wp-json/wc/store/v1/products":
            return None
        size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
        shown = self.pieces[(page - 1) * size:page * size]
        pages = max(1, -(-len(self.pieces) // size))
        return json_answer([self.product(piece) for piece in shown],
                           **{"X-WP-Total": str(len(self.pieces)), "X-WP-TotalPages": str(pages)})

    def product(self, piece):
        return {"id": piece.number, "name": piece.title, "permalink": f"{self.url}/product/{piece.number}",
                "description": "<p>Warm</p>", "is_in_stock": piece.is_available,
                "prices": {"price": str(round(float(piece.price) * 100)), "currency_code": "EUR",
                           "currency_minor_unit": 2},
                "images": [{"id": 1, "src": self.photo_url(piece)}],
                "categories": [{"name": "Coats"}],
                "attributes": [{"name": "Size", "terms": [{"name": piece.size}]}]}


class Static(Shop):
    """A site with robots.txt, a sitemap and a product page with JSON-LD for each piece."""

    gone_status = 404

    def serve(self, path, query, headers):
        if path == "/sitemap.xml":
            pages = "".join(f"<url><loc>{self.url}/p/{piece.number}</loc></url>" for piece in self.pieces)
            text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
            return 200, text.encode(), {"Content-Type": "application/xml"}
        if path == "/":
            return 200, b"<html><body><h1>A shop</h1></body></html>", {"Content-Type": "text/html"}
        if path.startswith("/p/"):
            piece = next((piece for piece in self.pieces if path == f"/p/{piece.number}"), None)
            if piece is None:
                return self.gone_status, b"", {}
            return 200, self.page(piece).encode(), {"Content-Type": "text/html; charset=utf-8"}
        return None

    def page(self, piece):
        stock = "InStock" if piece.is_available else "OutOfStock"
        product = {"@context": "https://schema.org", "@type": "Product", "name": piece.title,
                   "sku": f"sku-{piece.number}", "brand": {"@type": "Brand", "name": "Acme"}, "size": piece.size,
                   "image": [self.photo_url(piece)],
                   "offers": {"@type": "Offer", "price": piece.price, "priceCurrency": "EUR",
                              "availability": f"https://schema.org/{stock}"}}
        return (f"<html><head><title>{piece.title}</title><script type=\"application/ld+json\">{json.dumps(product)}"
                f"</script></head><body><h1>{piece.title}</h1></body></html>")


class Feed(Shop):
    """/feed.csv, with any text that a test gives it instead of its pieces."""

    def serve(self, path, query, headers):
        if path != "/feed.csv":
            return None
        rows = ["id,title,price,size,availability,image_link"]
        rows += [f"{piece.number},{piece.title},{piece.price} EUR,{piece.size},"
                 f"{'in stock' if piece.is_available else 'out of stock'},{self.photo_url(piece)}"
                 for piece in self.pieces]
        return 200, ("\n".join(rows) + "\n").encode(), {"Content-Type": "text/csv"}
