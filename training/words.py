"""The text side: a vector for each word, added up.

A picture's vector has blocks for the type, the colour and so on, so "navy shirt" needs no network: the vector
of "navy" lies in the colour's blocks, that of "shirt" in the type's, and their sum says both. The words'
vectors are learned once the pictures' are fixed: the sum of a query's words must lie nearer to the pictures that
match it than to all others.
"""

import collections
import random
import re

import torch
import torch.nn.functional as F

import labels
from network import DIMENSIONS

LONGEST_PHRASE = 3  # words
UNKNOWN_WORD = 0  # the vocabulary's first line stands for texts of which no word is known
UNKNOWN_NAME = "[unknown]"
STEPS = 900
QUERIES = 256
SCALE = 16.0


def split(text):
    """The words of a text: runs of letters and digits in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def tokens(text, vocabulary):
    """Numbers of the vocabulary's phrases in a text, as embed/phrase_tokenizer.h finds them."""
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
    """Every word of labels.py, and those that at least eight titles use."""
    known = {" ".join(split(word)) for table in labels.WORDS.values() for words in table.values() for word in words}
    counts = collections.Counter(word for title in titles for word in set(split(title)) if len(word) > 1 and not word.isdigit())
    known |= {word for word, count in counts.items() if count >= 8}
    names = [UNKNOWN_NAME, *sorted(known)]
    return {name: i for i, name in enumerate(names)}


class Queries:
    """Composes queries from what is known of a picture, and says which pictures match each."""

    HEADS = {"type": 0.75, "kind": 0.25, "colour": 0.7, "gender": 0.25, "usage": 0.1, "pattern": 0.5}

    def __init__(self, pictures, vocabulary, seed):
        self.pictures, self.vocabulary = pictures, vocabulary
        self.random = random.Random(seed)
        self.targets = {head: values.tolist() for head, values in pictures.targets.items()}

    def _asked(self, row):
        asked = {
            head: self.targets[head][row]
            for head, share in self.HEADS.items()
            if self.targets[head][row] != labels.UNKNOWN and self.random.random() < share
        }
        if "type" in asked:
            asked.pop("kind", None)  # one name for the thing is enough
        return asked

    def _words(self, asked):
        """The words of a query in one of the usual orders; None when a value has no word."""
        parts = {}
        for head, value in asked.items():
            words = labels.WORDS[head].get(labels.HEADS[head][value])
            if not words:
                return None
            parts[head] = words[0] if self.random.random() < 0.5 else self.random.choice(words)
        order = [head for head in ("gender", "usage", "colour", "pattern", "type", "kind") if head in parts]
        if self.random.random() < 0.3:
            self.random.shuffle(order)
        return " ".join(parts[head] for head in order)

    def draw(self, count):
        """Token lists, and bool [count, N]: which pictures match."""
        texts, matches = [], []
        while len(texts) < count:
            row = self.random.randrange(len(self.pictures))
            title = self.pictures.titles[row]
            asked = self._asked(row)
            if title and self.random.random() < 0.3:
                asked = {head: self.targets[head][row] for head in ("type", "colour") if self.targets[head][row] != labels.UNKNOWN}
                text = title
            else:
                text = self._words(asked)
            if not asked or not text:
                continue
            match = torch.ones(len(self.pictures), dtype=torch.bool)
            for head, value in asked.items():
                match &= self.pictures.targets[head] == value
            found = tokens(text, self.vocabulary)
            if len(found) > 1 and self.random.random() < 0.03:
                found = [UNKNOWN_WORD]
            texts.append(found)
            matches.append(match)
        return texts, torch.stack(matches)


def add_up(vectors, texts):
    """One vector of norm 1 a text: the sum of its words'."""
    flat = torch.tensor([token for text in texts for token in text])
    starts = torch.tensor([0, *[len(text) for text in texts]]).cumsum(0)[:-1]
    return F.normalize(F.embedding_bag(flat, vectors, starts, mode="sum"), dim=1)


def train(image_vectors, pictures, seed, log):
    """The vocabulary, and the words' vectors [len(vocabulary), DIMENSIONS]."""
    generator = torch.Generator().manual_seed(seed)
    vocabulary = vocabulary_of(pictures.titles)
    queries = Queries(pictures, vocabulary, seed)
    vectors = torch.nn.Parameter(torch.randn(len(vocabulary), DIMENSIONS, generator=generator) * 0.02)
    optimizer = torch.optim.Adam([vectors], lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    total = 0.0
    for step in range(STEPS):
        texts, match = queries.draw(QUERIES)
        scores = SCALE * add_up(vectors, texts) @ image_vectors.T
        log_share = scores - scores.logsumexp(dim=1, keepdim=True)
        # The mean over the matching pictures, so that a query points at their middle.
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
