"""Precision at 10, as `fit eval` measures it."""

import torch

import labels


def precision_at_10(queries, query_labels, database, database_labels, leave_one_out=False):
    """The mean share of the ten nearest images that have the query's label. Labels are numbers. Images whose label
    is UNKNOWN are no queries, nor, with leave_one_out, images whose label has fewer than 11 members."""
    similarity = queries @ database.T
    if leave_one_out:
        similarity.fill_diagonal_(-2)
        counts = torch.bincount(database_labels.clamp(min=0))
        is_query = (query_labels != labels.UNKNOWN) & (counts[query_labels.clamp(min=0)] >= 11)
    else:
        is_query = query_labels != labels.UNKNOWN
    nearest = similarity[is_query].topk(10, dim=1).indices
    return (database_labels[nearest] == query_labels[is_query][:, None]).float().mean().item()


def pairs(first, second):
    """Joint labels: numbers that are equal where both labels are equal."""
    both = first * 1000 + second
    both[(first == labels.UNKNOWN) | (second == labels.UNKNOWN)] = labels.UNKNOWN
    return torch.unique(both, return_inverse=True)[1].where(both != labels.UNKNOWN, torch.tensor(labels.UNKNOWN))
