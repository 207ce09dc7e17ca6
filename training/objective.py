"""The training objective: classify each image's labels, and place images of the same kind and colour together."""

import torch
import torch.nn.functional as F

import labels
from network import vector

WEIGHTS = {"type": 1.0, "kind": 1.0, "colour": 1.0, "gender": 0.3, "usage": 0.2, "pattern": 0.3}
CONTRAST_WEIGHT = 0.3
TEMPERATURE = 0.1


def naming_loss(scores, targets):
    """The cross entropy of each head over the images whose value is known."""
    loss = 0
    for head, weight in WEIGHTS.items():
        known = targets[head] != labels.UNKNOWN
        # Divided by the number of all images, so that a head with few known values has less weight.
        each = F.cross_entropy(scores[head][known], targets[head][known], label_smoothing=0.1, reduction="sum")
        loss = loss + weight * each / len(known)
    return loss


def contrast_loss(vectors, targets):
    """The supervised contrastive loss (Khosla et al., 2020) over the whole vector. Positives are images of the same
    kind and, where both values are known, of the same fine type and colour."""
    alike = torch.ones(len(vectors), len(vectors), dtype=torch.bool, device=vectors.device)
    for head in ("kind", "type", "colour"):
        values = targets[head]
        unknown = values == labels.UNKNOWN
        same = values[:, None] == values[None, :]
        alike &= same | (unknown[:, None] | unknown[None, :]) if head != "kind" else same & ~unknown[:, None]
    self_mask = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    alike &= ~self_mask
    scores = (vectors @ vectors.T / TEMPERATURE).masked_fill(self_mask, -1e4)
    log_share = scores - scores.logsumexp(dim=1, keepdim=True)
    counts = alike.sum(dim=1)
    each = -(log_share * alike).sum(dim=1) / counts.clamp(min=1)
    return (each * (counts > 0)).sum() / (counts > 0).sum().clamp(min=1)


def loss(features, scores, targets):
    return naming_loss(scores, targets) + CONTRAST_WEIGHT * contrast_loss(vector(features, scores), targets)
