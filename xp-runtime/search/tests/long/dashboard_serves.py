"""Asks optuna-dashboard's JSON API for a study, without a server: every trial must come out with its state, value and curve.

usage: dashboard_serves.py STUDY.db|URL NAME
"""

import json
import sys
from wsgiref.util import setup_testing_defaults

import optuna
from optuna_dashboard import wsgi

path, name = sys.argv[1:]
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = optuna.storages.RDBStorage(path if "://" in path else f"sqlite:///{path}")
application = wsgi(storage)


def get(address):
    environment = {"PATH_INFO": address, "REQUEST_METHOD": "GET"}
    setup_testing_defaults(environment)
    status = []
    body = b"".join(application(environment, lambda line, headers, *_: status.append(line)))
    assert status[0].startswith("200"), (address, status, body)
    return json.loads(body)


summaries = get("/api/studies")["study_summaries"]
assert [summary["study_name"] for summary in summaries] == [name], summaries
detail = get(f"/api/studies/{summaries[0]['study_id']}")
wanted = optuna.load_study(storage=storage, study_name=name).get_trials(deepcopy=False)
assert len(detail["trials"]) == len(wanted), len(detail["trials"])
for shown, trial in zip(detail["trials"], wanted):
    assert shown["number"] == trial.number, shown
    assert shown["state"].upper() == trial.state.name, shown
    assert len(shown.get("params", [])) == len(trial.params), shown
    assert len(shown.get("intermediate_values", [])) == len(trial.intermediate_values), shown
    values = [float(value) for value in shown.get("values") or []]
    assert values == (trial.values or []), shown
print(len(wanted), "trials served")
