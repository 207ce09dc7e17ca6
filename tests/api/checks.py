"""Checks of responses that many tests share."""


def assert_problem(response, status, field=None, code=None):
    """Asserts problem details with that status whose detail names the field, and returns the body."""
    assert response.status_code == status, f"{response.status_code} instead of {status}: {response.text[:500]}"
    assert response.headers["Content-Type"].split(";")[0] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"] and body["detail"] and body["request_id"] == response.headers["X-Request-ID"]
    assert body["type"].startswith("urn:find-this-fit:problem:")
    if field is not None:
        assert body.get("field") == field, body
        assert field in body["detail"], body
    if code is not None:
        assert body["type"].endswith(f":{code}"), body
    return body


def results(response):
    assert response.status_code == 200, response.text[:500]
    return response.json()["results"]
