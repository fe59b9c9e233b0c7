"""Checks a study with PyPI's optuna 5: schema (of a file), every field of every trial; says `checked`, and continues it for ten trials.

usage: optuna_parity.py STUDY.db|URL NAME EXPECTED.json
"""

import json
import math
import sqlite3
import sys
import tempfile

import optuna


def schema(path):
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
    found = {}
    for table in tables:
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        keys = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
        indexes = []
        for _, name, unique, origin, partial in connection.execute(f"PRAGMA index_list({table})"):
            over = [row[2] for row in connection.execute(f"PRAGMA index_info({name})")]
            indexes.append((unique, origin, partial, over, name if origin == "c" else None))
        found[table] = (columns, keys, sorted(indexes, key=str))
    found["version"] = connection.execute("SELECT * FROM version_info").fetchall()
    found["alembic"] = connection.execute("SELECT * FROM alembic_version").fetchall()
    return found


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return a == b


def number(value):
    """Our JSON cannot hold NaN and infinities; they come as text."""
    return float(value) if value is not None else None


path, name, expected_path = sys.argv[1:]
optuna.logging.set_verbosity(optuna.logging.ERROR)
if "://" not in path:
    with tempfile.TemporaryDirectory() as folder:
        optuna.create_study(storage=f"sqlite:///{folder}/reference.db", study_name="reference")
        ours, theirs = schema(path), schema(f"{folder}/reference.db")
        assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
        for table in theirs:
            assert ours[table] == theirs[table], (table, ours[table], theirs[table])

study = optuna.load_study(storage=path if "://" in path else f"sqlite:///{path}", study_name=name)
expected = json.load(open(expected_path))
assert study.direction.name == expected["direction"], study.direction
assert study.metric_names == [expected["metric"]], study.metric_names
assert study.user_attrs["spec_hash"] == expected["spec_hash"], study.user_attrs
trials = study.get_trials(deepcopy=False)
assert len(trials) == len(expected["trials"]), len(trials)
for trial, wanted in zip(trials, expected["trials"]):
    where = f"trial {wanted['number']}"
    assert trial.number == wanted["number"], where
    assert trial.state.name == wanted["state"], (where, trial.state)
    assert trial.params == wanted["params"], (where, trial.params, wanted["params"])
    assert same(trial.value if trial.values else None, number(wanted["value"])), (where, trial.values)
    curve = sorted(trial.intermediate_values.items())
    assert len(curve) == len(wanted["curve"]), (where, curve)
    for (step, value), (wanted_step, wanted_value) in zip(curve, wanted["curve"]):
        assert step == wanted_step and same(value, number(wanted_value)), (where, curve)
    for key, value in wanted["attributes"].items():
        assert trial.user_attrs[key] == value, (where, key)
    assert trial.datetime_start is not None, where
    assert trial.state.name == "RUNNING" or trial.datetime_complete >= trial.datetime_start, where

distributions = trials[0].distributions
for trial in trials:
    assert trial.distributions == distributions, trial.number
print("checked", flush=True)
study.sampler = optuna.samplers.TPESampler(seed=1)
for step in range(10):
    trial = study.ask(fixed_distributions=distributions)
    trial.report(0.5, 1)
    if step == 3:
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    elif step == 4:
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
    else:
        study.tell(trial, 0.25 + step / 100)
print("parity", len(trials), "trials; continued to", len(study.trials), "; best", study.best_trial.number)
