"""Precision at 10 and the like, as `fit eval` measures them."""

import torch

import labels


def precision_at_10(queries, query_labels, database, database_labels, leave_one_out=False):
    """The mean share of the ten nearest that carry the query's label. Labels are numbers; queries whose label is
    UNKNOWN are left out, and with leave_one_out those whose label has fewer than 11 members."""
    similarity = queries @ database.T
    if leave_one_out:
        similarity.fill_diagonal_(-2)
        counts = torch.bincount(database_labels.clamp(min=0))
        asked = (query_labels != labels.UNKNOWN) & (counts[query_labels.clamp(min=0)] >= 11)
    else:
        asked = query_labels != labels.UNKNOWN
    nearest = similarity[asked].topk(10, dim=1).indices
    return (database_labels[nearest] == query_labels[asked][:, None]).float().mean().item()


def pairs(first, second):
    """Numbers that are equal where both labels are."""
    both = first * 1000 + second
    both[(first == labels.UNKNOWN) | (second == labels.UNKNOWN)] = labels.UNKNOWN
    return torch.unique(both, return_inverse=True)[1].where(both != labels.UNKNOWN, torch.tensor(labels.UNKNOWN))
