"""Likelihoods of the many-facet rating scale model of sessions and coders.

``log P(x) / P(x - 1) = theta(session) - severity(coder) - tau(x)``. The three estimators differ in what
becomes of theta: conditional likelihood removes it, joint likelihood maximises it, marginal likelihood
integrates it out. Each gives minus the log-likelihood and its gradient by severities and step sums (T(x)
= tau(1) + ... + tau(x)).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.reliability.design import Floats

# Sessions are integrated over 8 logits on either side of their mean.
NODES = np.linspace(-8, 8, 161)
LOG_STEP = float(np.log((NODES[1] - NODES[0]) / np.sqrt(2 * np.pi)))
# A narrower bell would fall between the nodes.
LEAST_LOG_SD = float(np.log(0.15))
# Least weight of a total score, among weights of about 1.
LEAST_WEIGHT = 1e-200


@dataclass(frozen=True, slots=True)
class Patterns:
    """Sessions scored by equally many coders, summed up by who they were.

    Args:
        coders: Columns of the coders, shape (patterns, size).
        totals: Sessions per total score, shape (patterns, totals).
    """

    coders: NDArray[np.intp]
    totals: Floats


@dataclass(frozen=True, slots=True)
class Ratings:
    """Scores recoded to 0, 1, ..., steps.

    Args:
        patterns: One per number of coders that occurs.
        sums: Sum of each coder's scores, shape (coders,).
        uses: How often each score 1..steps was given, shape (steps,).
    """

    patterns: tuple[Patterns, ...]
    sums: Floats
    uses: Floats


def summarise(scores: Floats, steps: int) -> Ratings:
    """Sum up a (sessions, coders) matrix of scores 0..steps with NaN for gaps."""
    rated = ~np.isnan(scores)
    x = np.where(rated, scores, 0.0)
    size, total = rated.sum(axis=1), x.sum(axis=1).astype(np.intp)
    patterns = []
    for number in np.unique(size[size > 0]):
        here = size == number
        masks, which = np.unique(rated[here], axis=0, return_inverse=True)
        counts = np.zeros((len(masks), number * steps + 1))
        np.add.at(counts, (which.ravel(), total[here]), 1.0)
        patterns.append(Patterns(np.nonzero(masks)[1].reshape(len(masks), number), counts))
    uses = np.array([float((scores == step).sum()) for step in range(1, steps + 1)])
    return Ratings(tuple(patterns), x.sum(axis=0), uses)


def conditional(ratings: Ratings, severity: Floats, step_sums: Floats) -> tuple[float, Floats, Floats]:
    """Likelihood given the sessions' totals; extreme totals cancel.

    Source:
        Andersen (1977), Psychometrika 42, 69; Linacre (1989), Many-Facet Rasch Measurement.
    """
    height = float(ratings.sums @ severity + ratings.uses @ step_sums)
    expected_sums, expected_uses = np.zeros_like(severity), np.zeros_like(step_sums)
    term, top = _terms(severity, step_sums)
    for pattern in ratings.patterns:
        own = term[pattern.coders]
        others, gamma = _leave_one_out(own)
        # Totals that underflow are those of impossible severities, which a search only passes by.
        gamma = np.maximum(gamma, LEAST_WEIGHT)
        height += float((pattern.totals * (np.log(gamma) + top[pattern.coders].sum(axis=1)[:, None])).sum())
        ratio = pattern.totals / gamma
        expected = np.empty(own.shape)
        for x in range(own.shape[2]):
            window = ratio[:, x : x + others.shape[2]]
            expected[:, :, x] = own[:, :, x] * np.einsum("pat,pt->pa", others, window)
        expected_uses += expected[:, :, 1:].sum(axis=(0, 1))
        np.add.at(expected_sums, pattern.coders, expected @ np.arange(own.shape[2]))
    return height, ratings.sums - expected_sums, ratings.uses - expected_uses


def _terms(severity: Floats, step_sums: Floats) -> tuple[Floats, Floats]:
    """exp(-x severity - T(x)) for x = 0..steps as a share of each coder's largest, and the log of that.

    Products over many coders would overflow otherwise. Shapes (coders, steps + 1) and (coders,).
    """
    x = np.arange(len(step_sums) + 1)
    exponent = -np.outer(severity, x) - np.concatenate([[0.0], step_sums])
    top = exponent.max(axis=1)
    return np.exp(exponent - top[:, None]), top


def _leave_one_out(own: Floats) -> tuple[Floats, Floats]:
    """Products of the coders' polynomials but one, and of all: how much weight each total has.

    Args:
        own: Coefficients, shape (patterns, size, steps + 1).
    """
    n, size, _ = own.shape
    before = [np.ones((n, 1))]
    after = [np.ones((n, 1))]
    for a in range(size):
        before.append(_convolve(before[-1], own[:, a]))
        after.append(_convolve(after[-1], own[:, size - 1 - a]))
    others = np.stack([_convolve(before[a], after[size - 1 - a]) for a in range(size)], axis=1)
    return others, before[-1]


def _convolve(one: Floats, two: Floats) -> Floats:
    if one.shape[1] < two.shape[1]:
        one, two = two, one
    product = np.zeros((len(one), one.shape[1] + two.shape[1] - 1))
    for shift in range(two.shape[1]):
        product[:, shift : shift + one.shape[1]] += one * two[:, shift, None]
    return product


def _responses(theta: Floats, severity: Floats, step_sums: Floats) -> tuple[Floats, Floats]:
    """Log normalisers and probabilities of scores 0..steps at given theta, last axis the scores."""
    x = np.arange(len(step_sums) + 1)
    logit = (theta - severity)[..., None] * x - np.concatenate([[0.0], step_sums])
    top = logit.max(axis=-1, keepdims=True)
    weight = np.exp(logit - top)
    total = weight.sum(axis=-1, keepdims=True)
    return (top + np.log(total))[..., 0], weight / total


def joint(ratings: Ratings, severity: Floats, step_sums: Floats) -> tuple[float, Floats, Floats]:
    """Likelihood with every session's theta at its maximum; sessions with extreme totals are dropped.

    Source:
        Wright & Masters (1982), Rating Scale Analysis.
    """
    height = 0.0
    slope, use_slope = np.zeros_like(severity), np.zeros_like(step_sums)
    x = np.arange(len(step_sums) + 1)
    for pattern in ratings.patterns:
        place, total = np.nonzero(pattern.totals[:, 1:-1])
        total, weight = total + 1, pattern.totals[:, 1:-1][place, total]
        coders = pattern.coders[place]
        theta = _best_theta(total.astype(np.float64), severity[coders], step_sums)
        log_norm, probability = _responses(theta[:, None], severity[coders], step_sums)
        height += float(weight @ (log_norm.sum(axis=1) - theta * total))
        np.subtract.at(slope, coders, weight[:, None] * (probability @ x))
        use_slope -= np.einsum("s,sax->x", weight, probability)[1:]
    height += float(ratings.sums @ severity + ratings.uses @ step_sums)
    return height, slope + ratings.sums, use_slope + ratings.uses


def _best_theta(total: Floats, severity: Floats, step_sums: Floats) -> Floats:
    x = np.arange(len(step_sums) + 1)
    theta: Floats = severity.mean(axis=1)
    for _ in range(100):
        _, probability = _responses(theta[:, None], severity, step_sums)
        mean = probability @ x
        spread = (probability @ x**2 - mean**2).sum(axis=1)
        step = (total - mean.sum(axis=1)) / np.maximum(spread, 1e-9)
        theta = theta + np.clip(step, -1, 1)
        if not len(step) or np.abs(step).max() < 1e-12:
            break
    return theta


def marginal(
    ratings: Ratings, severity: Floats, step_sums: Floats, mean: float, log_sd: float
) -> tuple[float, Floats, Floats, Floats]:
    """Likelihood with theta normal over sessions; also the gradient by its mean and log standard deviation.

    Source:
        Thissen (1982), Psychometrika 47, 175.
    """
    height = float(ratings.sums @ severity + ratings.uses @ step_sums)
    slope, use_slope, rest = ratings.sums.copy(), ratings.uses.copy(), np.zeros(2)
    x = np.arange(len(step_sums) + 1)
    square = (NODES / np.exp(log_sd)) ** 2
    log_weight = LOG_STEP - log_sd - square / 2
    theta = mean + NODES
    log_norm, probability = _responses(theta[:, None], severity, step_sums)
    for pattern in ratings.patterns:
        place, total = np.nonzero(pattern.totals)
        weight, coders = pattern.totals[place, total], pattern.coders[place]
        log_post = log_weight + np.outer(total, theta) - log_norm.T[coders].sum(axis=1)
        top = log_post.max(axis=1, keepdims=True)
        posterior = np.exp(log_post - top)
        mass = posterior.sum(axis=1, keepdims=True)
        height -= float(weight @ (top + np.log(mass))[:, 0])
        posterior *= weight[:, None] / mass
        expected = np.einsum("sq,qsax->sax", posterior, probability[:, coders], optimize=True)
        np.subtract.at(slope, coders, expected @ x)
        use_slope -= expected.sum(axis=(0, 1))[1:]
        off = total[:, None] - (probability @ x).T[coders].sum(axis=1)
        rest -= np.array([(posterior * off).sum(), (posterior @ (square - 1)).sum()])
    return height, slope, use_slope, rest
