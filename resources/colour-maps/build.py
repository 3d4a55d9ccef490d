"""Writes the colour tables beside this file from the packages that publish them.

Run once, when a table is added: `pip install cmocean==4.0.3 matplotlib` and `python3 build.py`.
Each table is 256 sRGB colours as one string of hexadecimal digits, which is small and needs no parser.
"""

import json
import pathlib

import cmocean
import matplotlib

TABLES = [
    ("thermal", "sequential", "temperature"),
    ("balance", "diverging", "anomalies, errors and vorticity, centred on zero"),
    ("amp", "sequential", "magnitudes from zero, such as ensemble spread"),
    ("tempo", "sequential", "speeds and rates"),
    ("viridis", "sequential", "anything else"),
    ("haline", "sequential", "salinity"),
    ("deep", "sequential", "depth"),
    ("ice", "sequential", "ice, and what is bright against dark"),
    ("matter", "sequential", "concentrations"),
    ("curl", "diverging", "vorticity, centred on zero"),
    ("gray", "sequential", "print"),
]

here = pathlib.Path(__file__).parent
for name, kind, use in TABLES:
    from_matplotlib = name in ("viridis", "gray")
    table = matplotlib.colormaps[name] if from_matplotlib else cmocean.cm.cmap_d[name]
    digits = "".join(
        "".join(f"{round(channel * 255):02x}" for channel in table(index)[:3]) for index in range(256)
    )
    content = {
        "name": name,
        "kind": kind,
        "use": use,
        "source": "matplotlib" if from_matplotlib else "cmocean 4.0.3",
        "licence": "CC0-1.0" if from_matplotlib else "MIT",
        "colours": digits,
    }
    (here / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
