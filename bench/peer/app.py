"""A common image search service for comparison, made of FastAPI, Pillow, ONNX Runtime and pgvector.

The peer of `fit serve` in docs/benchmarks.md, written as the documentation of its libraries suggests. Settings: PEER_MODEL,
PEER_DSN.
"""
import base64
import io
import os

import numpy
import onnxruntime
from fastapi import FastAPI
from PIL import Image
from psycopg_pool import ConnectionPool
from pydantic import BaseModel

MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], "f4")
STD = numpy.array([0.26862954, 0.26130258, 0.27577711], "f4")

session = onnxruntime.InferenceSession(os.environ["PEER_MODEL"], providers=["CPUExecutionProvider"])
pool = ConnectionPool(os.environ["PEER_DSN"], min_size=8, max_size=8, open=True)
app = FastAPI()


class Query(BaseModel):
    image_base64: str
    limit: int = 20


def preprocess(data):
    """CLIP's preprocessing: resizes the short side to 224 (bicubic), crops the centre and normalises."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    scale = 224 / min(image.size)
    image = image.resize((max(224, int(image.width * scale)), max(224, int(image.height * scale))), Image.BICUBIC)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    pixels = numpy.asarray(image.crop((left, top, left + 224, top + 224)), "f4") / 255
    return ((pixels - MEAN) / STD).transpose(2, 0, 1)[None]


@app.get("/ready")
def ready():
    return {"status": "ready"}


@app.post("/search_by_image")
def search_by_image(query: Query):
    vector = session.run(None, {"pixel_values": preprocess(base64.b64decode(query.image_base64))})[0][0]
    vector = vector / numpy.linalg.norm(vector)
    text = "[" + ",".join(f"{number:.6g}" for number in vector) + "]"
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT id, title, brand, price, 1 - (embedding <=> %s::vector) AS similarity "
            "FROM items ORDER BY embedding <=> %s::vector LIMIT %s", (text, text, query.limit)).fetchall()
    return {"results": [{"id": str(row[0]), "title": row[1], "brand": row[2], "price": row[3], "similarity": row[4]}
                        for row in rows]}
