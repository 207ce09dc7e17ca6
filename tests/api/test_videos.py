"""Videos as assets: their frames, items, limits and failures."""

import pytest

import image_files
import video_files
from checks import assert_problem
from fit_process import Server, run, wait_until
from test_ingest import Web, asset, finished, found, send


@pytest.fixture(scope="module")
def watching(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("videos")) as server:
        yield server


def test_a_video_has_frames(watching):
    file = video_files.scenes(1)
    accepted = send(watching, ("film.mp4", file), metadata={"title": "Turn"}).json()
    assert accepted["status"] == "queued"
    done = finished(watching, accepted["asset_id"])
    assert done["state"] == "done", done
    assert (done["media_type"], done["codec"], done["has_sound"]) == ("video/mp4", "h264", False)
    assert (done["width"], done["height"]) == (160, 120) and 2800 <= done["duration_ms"] <= 3200
    assert done["jobs"][-1]["kind"] == "video"
    frames = done["frames"]
    assert len(frames) >= 3 and [frame["position"] for frame in frames] == list(range(1, len(frames) + 1))
    assert [frame["at_ms"] for frame in frames] == sorted(frame["at_ms"] for frame in frames)
    assert sum(frame["is_poster"] for frame in frames) == 1
    for frame in frames:
        for url in (frame["image_url"], frame["thumbnail_url"]):
            picture = watching.get(url)
            assert picture.status_code == 200 and picture.headers["Content-Type"] == "image/jpeg"
            assert watching.get(url, headers={"If-None-Match": picture.headers["ETag"]}).status_code == 304
    assert watching.get(done["thumbnail_url"]).headers["Content-Type"] == "image/jpeg"
    part = watching.get(done["content_url"], headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.content == file[10:20] and part.headers["Content-Type"] == "video/mp4"
    assert watching.get(done["content_url"]).content == file
    for position, status in ((0, 422), ("x", 422), (len(frames) + 1, 404)):
        assert watching.get(f"/api/v1/assets/{accepted['asset_id']}/frames/{position}").status_code == status


@pytest.mark.parametrize("name, codec, kind", [
    ("a.mov", ("-c:v", "mpeg4"), "video/quicktime"), ("a.webm", ("-c:v", "libvpx"), "video/webm"),
    ("a.mkv", video_files.H264, "video/x-matroska")])
def test_containers_are_known_by_their_content(watching, name, codec, kind):
    accepted = send(watching, ("photo.jpg", video_files.scenes(2, name, codec))).json()
    done = finished(watching, accepted["asset_id"])
    assert done["state"] == "done" and done["media_type"] == kind and len(done["frames"]) >= 3, done


def test_an_item_is_found_by_a_frame(watching):
    file = video_files.scenes(3)
    accepted = send(watching, file, metadata={"title": "Film", "make_item": True}).json()
    done = finished(watching, accepted["asset_id"])
    item = watching.get(f"/api/v1/items/{done['item_id']}").json()
    assert item["title"] == "Film" and len(item["images"]) == len(done["frames"])
    poster = next(frame for frame in done["frames"] if frame["is_poster"])
    assert watching.get(item["images"][0]["url"]).content == watching.get(poster["image_url"]).content
    again = send(watching, file, metadata={"make_item": True}).json()
    assert again["status"] == "known" and finished(watching, again["asset_id"])["item_id"] == done["item_id"]


@pytest.mark.parametrize("make, code, text", [
    (video_files.sound_only, "unsupported_media", "sound only"), (video_files.ten_hours, "too_large", "600"),
    (video_files.wide, "too_large", ""), (lambda: video_files.many_streams(10_000), "too_large", "streams"),
    (lambda: video_files.scenes(4)[:-2000], "malformed", ""), (lambda: b"\0\0\0\x18ftypmp42" + bytes(600), "malformed", "")])
def test_bad_videos_fail_and_say_why(watching, make, code, text):
    accepted = send(watching, make(), metadata={"make_item": True}).json()
    failed = finished(watching, accepted["asset_id"])
    assert failed["state"] == "failed", failed
    assert failed["error"]["code"] == code and failed["error"]["field"] == "file" and text in failed["error"]["detail"]
    assert failed["frames"] == [] and failed["item_id"] is None and failed["thumbnail_url"] is None


def test_limits_are_settings(tmp_path):
    with Server(tmp_path, MAX_VIDEO_DURATION=2, VIDEO_FRAMES=1, MAX_VIDEO_BYTES=100_000) as server:
        long = finished(server, send(server, video_files.scenes(5)).json()["asset_id"])
        assert long["state"] == "failed" and "at most 2" in long["error"]["detail"]
        short = video_files.made("short.mp4", "-f", "lavfi", "-i", "testsrc=s=160x120:r=10:d=1", *video_files.H264)
        assert len(finished(server, send(server, short).json()["asset_id"])["frames"]) == 1
        assert_problem(send(server, short + bytes(100_000)), 413, "files")


def test_a_photo_is_its_own_frame(watching):
    photo = image_files.jpeg(1)
    done = finished(watching, send(watching, photo).json()["asset_id"])
    assert len(done["frames"]) == 1 and done["frames"][0]["is_poster"] and done["duration_ms"] is None
    assert watching.get(done["frames"][0]["image_url"]).content == photo


def test_a_video_by_its_url(tmp_path):
    film = video_files.scenes(6) + (200_008).to_bytes(4) + b"free" + bytes(200_000)
    web = Web({"/film": found(film)})
    with Server(tmp_path, ALLOW_PRIVATE_ADDRESSES="true", MAX_IMAGE_BYTES=100_000) as server:
        accepted = server.post("/api/v1/ingest", json={"urls": [f"{web.url}/film"]}).json()
        done = finished(server, accepted["asset_id"])
        assert done["state"] == "done" and len(done["frames"]) >= 3, done
        assert [job["kind"] for job in done["jobs"]] == ["asset", "video"]


def test_pruning_keeps_frames_and_removes_those_of_removed_assets(tmp_path):
    with Server(tmp_path) as server:
        kept, removed = (send(server, video_files.scenes(number)).json()["asset_id"] for number in (7, 8))
        frames = finished(server, kept)["frames"]
        finished(server, removed)
        assert server.delete(f"/api/v1/assets/{removed}").status_code == 204
    run(tmp_path, "assets", "prune", "--older-than", "1", "--json")
    with Server(tmp_path) as server:
        for frame in frames:
            assert server.get(frame["image_url"]).status_code == 200


def test_addresses_name_the_tenant(watching):
    assert watching.post("/api/v1/tenants", json={"name": "films"}).status_code == 201
    own = {"headers": {"X-Tenant": "films"}}
    accepted = send(watching, video_files.scenes(9), **own).json()
    path = f"/api/v1/assets/{accepted['asset_id']}"

    def shown():
        return watching.get(path, **own).json()
    wait_until(lambda: shown()["state"] in ("done", "failed"), "the work on the video")
    done = shown()
    urls = [done["content_url"], done["thumbnail_url"], done["frames"][0]["image_url"], done["frames"][0]["thumbnail_url"]]
    for url in urls:
        assert url.endswith("?tenant=films")
        theirs = watching.get(url)
        assert theirs.status_code == 200, "a page loads it without headers"
        ours = watching.get(url.removesuffix("?tenant=films"))
        assert ours.status_code == 404 or ours.content != theirs.content, "without it, it is an address of another tenant"
    assert asset(watching, send(watching, image_files.jpeg(2)).json()["asset_id"])["content_url"].endswith("/content")
