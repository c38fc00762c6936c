"""The demo's 効果の測定: one trial that is over, with a result to look at, and one that runs; proposed by the 係長 and approved by the
課長 through the same functions as on the page, on the days on which two people would have done it.

Who is in them are people of the ワークリスト of today: the demo keeps no older day from which the one that is over could have taken
its own. So whoever has paid everything since is not in it, as nobody would be missing in a real one.
"""

import uuid
from datetime import date, timedelta

from auth.access import User
from casework import trial
from casework.collection_plan import QUEUES
from data_access.query import ask
from law.calendar import DAY
from sample_city.clock import is_business_day

OVER, RUNNING = 88, 10  # days ago on which they began
HORIZON = 60  # and 14 days until what was paid is booked
LARGEST = 1_200  # people
TRIALS = (
    (OVER, "催告書の文面", "文面", ("滞納額と納期限を書いた、これまでの催告書を送る。", "滞納額に加えて、相談の窓口と分納の例を書いた催告書を送る。")),
    (RUNNING, "電話の時間帯", "時期", ("平日の昼（9時から17時）に電話をかける。", "平日の夕方（17時から19時）に電話をかける。")),
)


def write_trials(proposer: User, approver: User, today: date) -> None:
    """Write both into the ledger unless there are any; none in a city too small for them. Raises as casework.trial."""
    if trial.every():
        return
    found = {queue: ask(proposer, "trial_population", queue=queue, district=None)["atena_ref"].to_list() for queue in QUEUES}
    queue, refs = max(found.items(), key=lambda each: (len(each[1]), each[0]))
    if len(refs) < trial.LEAST * 6 // 5:  # by lot a way might be of fewer people than a result is told of
        return
    for days, name, means, ways in TRIALS:
        began = today - timedelta(days=days)
        while not is_business_day(began):
            began -= DAY
        proposal = trial.propose(proposer, name=name, means=means, ways=ways, queue=queue, horizon_days=HORIZON, refs=refs[:LARGEST],
                                 reason="どちらの効果が高いかを、くじで分けて確かめる。", event_id=str(uuid.uuid4()), expected_version=0, today=began)
        trial.approve(approver, proposal_id=proposal.event_id, event_id=str(uuid.uuid4()), today=began)
