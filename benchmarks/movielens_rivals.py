"""Run by a Python of its own that has implicit: what its models recommend to the people of a split.

Reads {"known": [[person, item], …], "people": [to recommend to], "models": [[name, settings], …]} and writes a list of
{person: items}, one for each model.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from scipy.sparse import csr_matrix

MODELS = {
    "als": AlternatingLeastSquares, "bm25": BM25Recommender, "cosine": CosineRecommender, "tfidf": TFIDFRecommender,
}  # fmt: skip
PLACES = 10


def main(asked: Path, told: Path) -> None:
    question = json.loads(asked.read_text())
    known = np.array(question["known"])
    people, items = (np.unique(column) for column in known.T)
    rows, columns = np.searchsorted(people, known[:, 0]), np.searchsorted(items, known[:, 1])
    likes = csr_matrix((np.ones(len(known), dtype=np.float32), (rows, columns)))
    wanted = np.searchsorted(people, question["people"])
    found = []
    for name, settings in question["models"]:
        model = MODELS[name](**settings)
        model.fit(likes, show_progress=False)
        chosen, _ = model.recommend(wanted, likes[wanted], N=PLACES, filter_already_liked_items=True)
        lists = [items[theirs[theirs >= 0]].tolist() for theirs in chosen]
        found.append(dict(zip(question["people"], lists, strict=True)))
    told.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
