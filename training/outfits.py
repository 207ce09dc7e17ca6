"""Trains the compatibility model of outfits: models/outfits/compatibility.json.

    ./dev python training/outfits.py DIR                    trains on DIR/train.csv and writes the model
    ./dev python training/outfits.py DIR --holdout 0.2      only measures: trains on the rest, asks about the held-out
    ./dev python training/outfits.py DIR --compare          the same for other kinds of models, in five folds

train.csv has an outfit a row: the categories of its pieces, without a header. The model answers which category is
the missing piece of an outfit; OUTFITS_CARD.md describes it, docs/style.md the formula. Only learned numbers and the
share of each category are written, no outfits.

The same arguments give the same model; another version of numpy may change its last digits.
"""

import argparse
import csv
import json
import pathlib

import numpy as np

RANK = 16        # factors of one model
EPOCHS = 8
BATCH = 1024
RATE = 0.01      # of Adam, falls to 5 % of it
DECAY = 1e-4     # L2 of the factors and of the biases by size
SEEDS = 5        # models whose scores are averaged
KEPT = 32        # factors of the average
SIZES = 7        # the last bias by size serves larger outfits
DIGITS = 4


class Outfits:
    """Outfits as rows of 0 and 1, one column a category. A position is one piece of one outfit, the piece to guess."""

    def __init__(self, outfits, categories):
        number = {name: i for i, name in enumerate(categories)}
        pieces = [sorted({number[name] for name in outfit if name in number}) for outfit in outfits]
        pieces = [outfit for outfit in pieces if len(outfit) >= 2]
        self.worn = np.zeros((len(pieces), len(categories)), np.float32)
        for row, outfit in enumerate(pieces):
            self.worn[row, outfit] = 1
        self.target = np.array([piece for outfit in pieces for piece in outfit])
        self.outfit = np.repeat(np.arange(len(pieces)), [len(outfit) for outfit in pieces])

    def rest(self, positions):
        """The other pieces of the outfits."""
        rest = self.worn[self.outfit[positions]].copy()
        rest[np.arange(len(positions)), self.target[positions]] = 0
        return rest

    def log_shares(self):
        counts = self.worn.sum(0) + 0.5
        return np.log(counts / counts.sum()).astype(np.float32)


def sizes_of(rest):
    """One of SIZES columns is 1: the number of pieces."""
    sizes = np.zeros((len(rest), SIZES), np.float32)
    sizes[np.arange(len(rest)), np.clip(rest.sum(1).astype(int), 1, SIZES) - 1] = 1
    return sizes


class Model:
    """Unnormalised scores: bias + bias by size + the sum of symmetric pairs (factors x weights x factors) + repeat."""

    def __init__(self, count, rank, random):
        self.parameters = {
            "bias": np.zeros(count, np.float32),
            "size_bias": np.zeros((SIZES, count), np.float32),
            "repeat": np.full(1, -3, np.float32),
            "factors": (random.normal(size=(count, rank)) * 0.1).astype(np.float32),
            "weights": np.where(np.arange(rank) % 2, 1, -1).astype(np.float32),
        }

    def scores(self, rest):
        own = self.parameters
        return (own["bias"] + sizes_of(rest) @ own["size_bias"] + own["repeat"] * rest
                + (rest @ own["factors"] * own["weights"]) @ own["factors"].T)

    def gradients(self, rest, target, log_shares):
        """Of the mean cross-entropy of the piece to guess among all categories."""
        own = self.parameters
        chances = self.scores(rest) + log_shares
        chances -= chances.max(1, keepdims=True)
        np.exp(chances, out=chances)
        chances /= chances.sum(1, keepdims=True)
        chances[np.arange(len(target)), target] -= 1
        error = chances / len(target)
        inside, back = rest @ own["factors"], error @ own["factors"]
        return {
            "bias": error.sum(0) + 1e-6 * own["bias"],
            "size_bias": sizes_of(rest).T @ error + DECAY * own["size_bias"],
            "repeat": np.array([(error * rest).sum()], np.float32),
            "factors": (rest.T @ back + error.T @ inside) * own["weights"] + DECAY * own["factors"],
            "weights": (inside * back).sum(0),
        }


class Adam:
    """The optimiser of Kingma and Ba (2015)."""

    def __init__(self, parameters):
        self.parameters, self.step_number = parameters, 0
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}

    def step(self, gradients, rate):
        self.step_number += 1
        for name, gradient in gradients.items():
            mean, square = self.mean[name], self.square[name]
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            mean_now = mean / (1 - 0.9 ** self.step_number)
            square_now = square / (1 - 0.999 ** self.step_number)
            self.parameters[name] -= rate * mean_now / (np.sqrt(square_now) + 1e-8)


def train(outfits, seed, rank=RANK):
    """One model."""
    random = np.random.default_rng(seed)
    model = Model(outfits.worn.shape[1], rank, random)
    optimiser = Adam(model.parameters)
    batches = max(1, len(outfits.target) // BATCH)
    log_shares = outfits.log_shares()
    for epoch in range(EPOCHS):
        order = random.permutation(len(outfits.target))
        for batch in range(batches):
            positions = order[batch * BATCH:(batch + 1) * BATCH]
            done = epoch * batches + batch + 1
            rate = RATE * min(1, done / 50) * (1 - 0.95 * done / (EPOCHS * batches))
            optimiser.step(model.gradients(outfits.rest(positions), outfits.target[positions], log_shares), rate)
    return model


def average(models):
    """The model whose scores are the mean of the models' scores, with its KEPT strongest factors."""
    own = [model.parameters for model in models]
    pairs = np.mean([one["factors"] * one["weights"] @ one["factors"].T for one in own], 0).astype(np.float64)
    values, vectors = np.linalg.eigh(pairs)
    strongest = np.argsort(-np.abs(values))[:KEPT]
    values, vectors = values[strongest], vectors[:, strongest]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(vectors.shape[1])])
    model = Model(len(pairs), len(values), np.random.default_rng(0))
    model.parameters = {name: np.mean([one[name] for one in own], 0) for name in ("bias", "size_bias", "repeat")}
    model.parameters |= {"weights": values, "factors": vectors}
    return model


def train_average(outfits):
    return average([train(outfits, seed) for seed in range(SEEDS)])


class Pairs:
    """The baseline: pairwise pointwise mutual information with 0.5 added to each count."""

    def __init__(self, outfits):
        together = outfits.worn.T @ outfits.worn
        counts = np.maximum(np.diag(together).copy(), 1)
        np.fill_diagonal(together, 0)
        self.pairs = np.log((together + 0.5) * len(outfits.worn) / np.outer(counts, counts))

    def scores(self, rest):
        return rest @ self.pairs


def distractors(outfits, shares, random):
    """Three other categories for each position, drawn by their shares without replacement; some stand in the rest."""
    keys = np.log(shares) + random.gumbel(size=(len(outfits.target), len(shares)))
    keys[np.arange(len(outfits.target)), outfits.target] = -np.inf
    return np.argpartition(-keys, 3, axis=1)[:, :3]


def accuracy(score, outfits, shares, rounds=4):
    """The share of questions answered right: each piece of each outfit is left out in turn, each outfit counts once."""
    random = np.random.default_rng(7)
    scores = score(outfits.rest(np.arange(len(outfits.target))))
    right = scores[np.arange(len(scores)), outfits.target]
    weight = 1 / outfits.worn.sum(1)[outfits.outfit]
    answers = [(right > np.take_along_axis(scores, distractors(outfits, shares, random), 1).max(1)) @ weight
               for _ in range(rounds)]
    return float(np.mean(answers) / weight.sum())


def read(folder):
    with open(folder / "train.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.reader(file) if row]


def folds(outfits, count):
    """(training outfits, held-out outfits) for each fold."""
    order = np.random.default_rng(1).permutation(len(outfits))
    for fold in range(count):
        yield ([outfits[i] for at, i in enumerate(order) if at % count != fold],
               [outfits[i] for at, i in enumerate(order) if at % count == fold])


def measure(outfits, categories, share, models, count):
    """Prints the accuracy of each model on held-out outfits, one figure a fold, at most `count` folds."""
    shares = np.exp(Outfits(outfits, categories).log_shares().astype(np.float64))
    found = {name: [] for name in models}
    for number, (seen, held_out) in enumerate(folds(outfits, round(1 / share))):
        if number == count:
            break
        training, asked = Outfits(seen, categories), Outfits(held_out, categories)
        for name, make in models.items():
            found[name].append(accuracy(make(training).scores, asked, shares))
    for name, figures in found.items():
        print(f"{name:24} {np.mean(figures):.4f}   {' '.join(f'{figure:.4f}' for figure in figures)}")


def rounded(values):
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()


def write(model, outfits, categories, out):
    shares = np.exp(outfits.log_shares().astype(np.float64))
    own = model.parameters
    content = {
        "about": "How well categories of garments go together: docs/style.md, training/OUTFITS_CARD.md",
        "format": 1,
        "categories": categories,
        "shares": np.round(shares, 7).tolist(),
        "bias": rounded(own["bias"]),
        "size_bias": rounded(own["size_bias"]),
        "repeat": rounded(own["repeat"])[0],
        "weights": rounded(own["weights"]),
        "factors": rounded(own["factors"]),
    }
    members = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items()]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("{\n" + ",\n".join(members) + "\n}\n", encoding="utf-8")
    print(f"{out}: {out.stat().st_size:,} bytes, {len(categories)} categories, {len(outfits.worn):,} outfits")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("models/outfits/compatibility.json"))
    parser.add_argument("--holdout", type=float, metavar="SHARE", help="measure on this share, write nothing")
    parser.add_argument("--compare", action="store_true", help="measure other models too, in five folds")
    arguments = parser.parse_args()
    outfits = read(arguments.folder)
    categories = sorted({name for outfit in outfits for name in outfit})
    if arguments.compare:
        models = {"pairs": Pairs} | {f"rank {rank}, one seed": lambda seen, rank=rank: train(seen, 0, rank)
                                     for rank in (4, 8, 16, 32)}
        measure(outfits, categories, 0.2, models | {"average": train_average}, 5)
    elif arguments.holdout:
        measure(outfits, categories, arguments.holdout, {"pairs": Pairs, "average": train_average}, 1)
    else:
        training = Outfits(outfits, categories)
        write(train_average(training), training, categories, arguments.out)


if __name__ == "__main__":
    main()
