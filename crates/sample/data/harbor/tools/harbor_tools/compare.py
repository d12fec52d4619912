"""Compare predictions with what gauges saw."""

import json
import sys
from pathlib import Path

import numpy as np


def residuals(gauge: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Gauge minus prediction, without the mean: a gauge's zero drifts."""
    difference = gauge - predicted
    return difference - np.nanmean(difference)


def summary(values: np.ndarray) -> dict[str, float]:
    """What goes into docs/accuracy.md."""
    absolute = np.abs(values[~np.isnan(values)])
    return {
        "median_cm": round(float(np.median(absolute)) * 100, 1),
        "p95_cm": round(float(np.percentile(absolute, 95)) * 100, 1),
        "worst_cm": round(float(absolute.max()) * 100, 1),
    }


def main(path: str) -> int:
    """Read a file with both series, print the summary."""
    data = json.loads(Path(path).read_text())
    gauge, predicted = np.array(data["gauge"]), np.array(data["predicted"])
    print(json.dumps(summary(residuals(gauge, predicted)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
