"""The OpenAPI document and the server agree."""

import json
import re

import jsonschema
import pytest

import image_files
from fit_process import SOURCE_DIR


@pytest.fixture(scope="module")
def document(server):
    return server.get("/openapi.json").json()


def schema_of(document, schema):
    return {**schema, "components": document["components"], "$schema": "https://json-schema.org/draft/2020-12/schema"}


def check(document, schema, value):
    jsonschema.Draft202012Validator(schema_of(document, schema)).validate(value)


def resolve(document, node):
    while "$ref" in node:
        target = document
        for key in node["$ref"][2:].split("/"):
            target = target[key]
        node = target
    return node


def operations(document):
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def routes_in_source():
    """The patterns that the server's source registers, as (verb, path)."""
    found = set()
    for file in (SOURCE_DIR / "src/http").glob("*_route*.cc"):
        text = file.read_text()
        constants = dict(re.findall(r'const std::string (\w+) = "([^"]+)"', text))
        for verb, literal, name in re.findall(r'\.method = Method::k(\w+),\s*\.pattern = (?:"([^"]+)"|(\w+))', text):
            if literal or name in constants:
                found.add((verb.lower(), literal or constants[name]))
        found |= {("get", path) for path in re.findall(r'Page\{"([^"]+)"', text)}
        found |= {("get", path) for path in re.findall(r'add\("([^"]+)", RunOn', text)}
        found |= {(verb.lower(), path) for verb, path in re.findall(r'add\(Method::k(\w+), "([^"]+)"', text)}
    return found


def test_every_route_is_described_and_nothing_else(document):
    described = {(verb, path) for path, verb, _ in operations(document)}
    assert described == routes_in_source()


def test_every_described_path_serves_its_methods(server, document):
    import requests
    for path, verb, _ in operations(document):
        allowed = requests.options(server.url + path.replace("{id}", "1").replace("{item}", "1"), timeout=30).headers["Allow"]
        assert verb.upper() in allowed.split(", "), path


def test_the_document_is_consistent(document):
    assert document["openapi"].startswith("3.1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))

    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                assert resolve(document, node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema_of(document, schema))


def test_code_generators_can_read_the_document(document):
    """Properties of the document that generators of clients need."""
    for path, verb, operation in operations(document):
        assert all(name in document["components"]["securitySchemes"] for one in operation["security"] for name in one), path
    schemas = {name.lower() for name in document["components"]["schemas"]}
    for path, _, operation in operations(document):
        for ending in ("", "result", "response", "request", "body", "params", "error", "data"):
            assert (operation["operationId"] + ending).lower() not in schemas, operation["operationId"]
        for parameter in operation.get("parameters", []):
            assert "content" not in parameter, (path, parameter["name"])
    for name in ("PhotoSearch", "Search", "EmbeddingRequest"):
        for field, schema in document["components"]["schemas"][name]["properties"].items():
            assert "default" not in schema, f"{name}.{field} would be required in generated clients"


def test_every_example_matches_its_schema(document):
    for path, verb, operation in operations(document):
        responses = [resolve(document, response) for response in operation["responses"].values()]
        for holder in [operation.get("requestBody", {}), *responses]:
            for content in holder.get("content", {}).values():
                if "example" in content:
                    check(document, content["schema"], content["example"])


def response_schema(document, path, verb, response):
    described = resolve(document, document["paths"][path][verb]["responses"][str(response.status_code)])
    return described["content"][response.headers["Content-Type"].split(";")[0]]["schema"]


def test_real_responses_match_their_schemas(server, document, drawn_sample):
    photo = image_files.text(drawn_sample.photo(drawn_sample.rows[5]))
    found = server.search(image_base64=photo).json()["results"][0]
    item = {"source": "schema", "external_id": "1", "images": [{"image_base64": photo}]}
    item_id = server.post("/api/v1/items", json=item).json()["id"]
    lines = json.dumps(item | {"external_id": "2"}) + "\n{}\n"
    ndjson = {"Content-Type": "application/x-ndjson"}
    calls = [
        ("/search_by_image", "post", server.search_by_image(image_base64=photo, limit=3)),
        ("/search_by_image", "post", server.search_by_image(limit=3)),
        ("/search_by_image", "post", server.search_by_image(image_base64="???")),
        ("/api/v1/search", "post", server.search(item_id=found["id"])),
        ("/api/v1/search", "post", server.search(item_id="99999999")),
        ("/api/v1/items", "post", server.post("/api/v1/items", json=item | {"external_id": "3", "price": 5})),
        ("/api/v1/items", "post", server.post("/api/v1/items", json=item | {"price": -5})),
        ("/api/v1/items/{id}", "get", server.get(f"/api/v1/items/{found['id']}")),
        ("/api/v1/items/{id}", "get", server.get("/api/v1/items/99999999")),
        ("/api/v1/items/{id}", "put", server.put(f"/api/v1/items/{item_id}", json=item | {"brand": "B"})),
        ("/api/v1/items/{id}", "put", server.put(f"/api/v1/items/{item_id}", json=item | {"external_id": "9"})),
        ("/api/v1/items", "get", server.get("/api/v1/items?limit=2&facets=[\"category\",\"price\"]")),
        ("/api/v1/items", "get", server.get("/api/v1/items?limit=0")),
        ("/api/v1/items/{id}", "patch", server.patch(f"/api/v1/items/{item_id}", json={"price": 7})),
        ("/api/v1/items/{id}", "patch", server.patch(f"/api/v1/items/{item_id}", json={"price": -7})),
        ("/api/v1/items/sample", "post", server.post("/api/v1/items/sample?items=0")),
        ("/api/v1/items/import", "post", server.post("/api/v1/items/import", data=lines, headers=ndjson)),
        ("/api/v1/items/import", "post", server.post("/api/v1/items/import", data="x")),
        ("/api/v1/properties", "get", server.get("/api/v1/properties")),
        ("/live", "get", server.get("/live")),
        ("/ready", "get", server.get("/ready")),
        ("/health", "get", server.get("/health")),
    ]
    for path, verb, response in calls:
        check(document, response_schema(document, path, verb, response), response.json())


def test_request_examples_are_accepted(server, document):
    """Each request example of the document succeeds as it is written."""
    for path, verb, operation in operations(document):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if "example" not in content or "{" in path or media_type == "text/csv":
                continue
            body = content["example"]
            if path.startswith("/api/v1/tokens"):  # names a key, which this server does not have
                made = server.post("/api/v1/keys", json={"name": "pages", "scopes": ["search"]})
                body["key_id"] = made.json()["id"]
            body = body if isinstance(body, str) else json.dumps(body)
            response = server.post(path, data=body, headers={"Content-Type": media_type})
            assert response.status_code in (200, 201, 202, 204), (path, media_type, response.text)
