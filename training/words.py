"""The text encoder: one vector per phrase, summed over a text.

An image's vector has blocks for the type, the colour and so on, so "navy shirt" needs no network: the vector
of "navy" lies in the colour's blocks, that of "shirt" in the type's, and their sum represents both. The phrase
vectors are learned after the images' vectors are fixed: the sum of a query's phrases must be nearer to the
images that match the query than to all others.
"""

import collections
import random
import re

import torch
import torch.nn.functional as F

import labels
from network import DIMENSIONS

LONGEST_PHRASE = 3  # words
UNKNOWN_WORD = 0  # the first line of the vocabulary, for texts without a known phrase
UNKNOWN_NAME = "[unknown]"
STEPS = 900
QUERIES = 256
SCALE = 16.0


def split(text):
    """The words of a text: runs of letters and digits in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def tokens(text, vocabulary):
    """The token ids of the vocabulary's phrases in a text, as embed/phrase_tokenizer.h finds them."""
    text, out, at = split(text), [], 0
    while at < len(text):
        for count in range(min(LONGEST_PHRASE, len(text) - at), 0, -1):
            phrase = " ".join(text[at : at + count])
            forms = (phrase, phrase.removesuffix("s"), phrase.removesuffix("es"), phrase + "s")
            found = next((form for form in forms if form in vocabulary), None)
            if found:
                out.append(vocabulary[found])
                at += count
                break
        else:
            at += 1
    return out or [UNKNOWN_WORD]


def vocabulary_of(titles):
    """The phrases of labels.py and the words that occur in at least eight titles, with their token ids."""
    known = {" ".join(split(word)) for table in labels.WORDS.values() for words in table.values() for word in words}
    counts = collections.Counter(word for title in titles for word in set(split(title)) if len(word) > 1 and not word.isdigit())
    known |= {word for word, count in counts.items() if count >= 8}
    names = [UNKNOWN_NAME, *sorted(known)]
    return {name: i for i, name in enumerate(names)}


class Queries:
    """Composes queries from the labels of images and determines which images match each query."""

    HEADS = {"type": 0.75, "kind": 0.25, "colour": 0.7, "gender": 0.25, "usage": 0.1, "pattern": 0.5}

    def __init__(self, images, vocabulary, seed):
        self.images, self.vocabulary = images, vocabulary
        self.random = random.Random(seed)
        self.targets = {head: values.tolist() for head, values in images.targets.items()}

    def _requested(self, row):
        requested = {
            head: self.targets[head][row]
            for head, share in self.HEADS.items()
            if self.targets[head][row] != labels.UNKNOWN and self.random.random() < share
        }
        if "type" in requested:
            requested.pop("kind", None)  # the type implies the kind
        return requested

    def _words(self, requested):
        """The words of a query in a common order; None when a value has no word."""
        parts = {}
        for head, value in requested.items():
            words = labels.WORDS[head].get(labels.HEADS[head][value])
            if not words:
                return None
            parts[head] = words[0] if self.random.random() < 0.5 else self.random.choice(words)
        order = [head for head in ("gender", "usage", "colour", "pattern", "type", "kind") if head in parts]
        if self.random.random() < 0.3:
            self.random.shuffle(order)
        return " ".join(parts[head] for head in order)

    def draw(self, count):
        """Draws queries: their token lists, and a bool tensor [count, N] of the matching images."""
        texts, matches = [], []
        while len(texts) < count:
            row = self.random.randrange(len(self.images))
            title = self.images.titles[row]
            requested = self._requested(row)
            if title and self.random.random() < 0.3:
                requested = {head: self.targets[head][row] for head in ("type", "colour") if self.targets[head][row] != labels.UNKNOWN}
                text = title
            else:
                text = self._words(requested)
            if not requested or not text:
                continue
            match = torch.ones(len(self.images), dtype=torch.bool)
            for head, value in requested.items():
                match &= self.images.targets[head] == value
            found = tokens(text, self.vocabulary)
            if len(found) > 1 and self.random.random() < 0.03:
                found = [UNKNOWN_WORD]
            texts.append(found)
            matches.append(match)
        return texts, torch.stack(matches)


def add_up(vectors, texts):
    """One vector of norm 1 per text: the normalised sum of its phrase vectors."""
    flat = torch.tensor([token for text in texts for token in text])
    starts = torch.tensor([0, *[len(text) for text in texts]]).cumsum(0)[:-1]
    return F.normalize(F.embedding_bag(flat, vectors, starts, mode="sum"), dim=1)


def train(image_vectors, images, seed, log):
    """Learns the text encoder: returns the vocabulary and the phrase vectors [len(vocabulary), DIMENSIONS]."""
    generator = torch.Generator().manual_seed(seed)
    vocabulary = vocabulary_of(images.titles)
    queries = Queries(images, vocabulary, seed)
    vectors = torch.nn.Parameter(torch.randn(len(vocabulary), DIMENSIONS, generator=generator) * 0.02)
    optimizer = torch.optim.Adam([vectors], lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    total = 0.0
    for step in range(STEPS):
        texts, match = queries.draw(QUERIES)
        scores = SCALE * add_up(vectors, texts) @ image_vectors.T
        log_share = scores - scores.logsumexp(dim=1, keepdim=True)
        # The mean over the matching images moves a query towards their centre.
        loss = -((log_share * match).sum(dim=1) / match.sum(dim=1)).mean() + 1e-4 * vectors.square().sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 300 == 0:
            log(f"words, step {step + 1}/{STEPS}: loss {total / 300:.3f}")
            total = 0.0
    return vocabulary, vectors.detach()
