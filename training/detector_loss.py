"""The training objective of the detector's heads.

The cells that learn a garment are those whose own prediction fits it best (task-aligned assignment: Feng et al., 2021,
"TOOD"); the score of a garment learns how well its cell's box fits (Li et al., 2020, "Generalized focal loss").
"""

import torch
import torch.nn.functional as F

CELLS = 9  # that learn a garment
BOX_WEIGHT, KIND_WEIGHT = 2.5, 0.6


def overlaps(a, b):
    """The intersections over unions and the areas of the smallest boxes around both, of boxes of shapes that broadcast."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(dim=-1)
    areas = [(each[..., 2:] - each[..., :2]).clamp(min=0).prod(dim=-1) for each in (a, b)]
    union = areas[0] + areas[1] - shared
    around = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    return shared / (union + 1e-9), around.prod(dim=-1), union


@torch.no_grad()
def assigned(boxes, garment, kinds, points, true_boxes, true_kinds):
    """The garment of each cell, [N, cells] (-1 for none), and how well the cell's box fits it, 0 to 1."""
    known = true_kinds >= 0
    fit = overlaps(true_boxes[:, :, None], boxes[:, None])[0]
    likely = torch.softmax(kinds, dim=2).transpose(1, 2)
    likely = likely.gather(1, true_kinds.clamp(min=0)[:, :, None].expand(-1, -1, likely.shape[2]))
    inside = (points > true_boxes[:, :, None, :2]) & (points < true_boxes[:, :, None, 2:])
    inside = inside.all(dim=-1)
    # A garment between the centres of cells has the nearest cell.
    middle = (true_boxes[..., :2] + true_boxes[..., 2:]) / 2
    nearest = (points - middle[:, :, None]).square().sum(dim=-1).argmin(dim=2)
    inside = inside.scatter(2, nearest[:, :, None], True) & known[:, :, None]
    merit = torch.sigmoid(garment)[:, None].sqrt() * (0.2 + likely).sqrt() * fit.pow(4) * inside + 1e-9 * inside
    best, where = merit.topk(CELLS, dim=2)
    chosen = torch.zeros_like(merit).scatter(2, where, (best > 0).float()).bool()
    merit, fit = merit * chosen, fit * chosen
    of = merit.argmax(dim=1)
    taken = chosen.any(dim=1)
    strength = merit / (merit.amax(dim=2, keepdim=True) + 1e-12) * fit.amax(dim=2, keepdim=True)
    goal = strength.gather(1, of[:, None])[:, 0] * taken
    return torch.where(taken, of, -1), goal.clamp(0, 1)


def loss(outputs, points, true_boxes, true_kinds):
    """The loss of a batch. `points` are the centres of the cells as fractions."""
    boxes, garment, kinds = outputs
    of, goal = assigned(boxes, garment, kinds, points, true_boxes, true_kinds)
    total = goal.sum().clamp(min=1)
    probability = torch.sigmoid(garment)
    weight = torch.where(of >= 0, (goal - probability).abs().pow(1.5), 0.75 * probability.pow(2)).detach()
    found = F.binary_cross_entropy_with_logits(garment, goal, weight=weight, reduction="sum") / total
    scene, cell = (of >= 0).nonzero(as_tuple=True)
    mine = of[scene, cell]
    strength = goal[scene, cell] + 0.05
    shared, around, union = overlaps(boxes[scene, cell], true_boxes[scene, mine])
    placed = ((1 - shared + (around - union) / (around + 1e-9)) * strength).sum() / total
    named = F.cross_entropy(kinds[scene, cell], true_kinds[scene, mine], reduction="none", label_smoothing=0.05)
    named = (named * strength).sum() / total
    return found + BOX_WEIGHT * placed + KIND_WEIGHT * named, (found.item(), placed.item(), named.item())
