"""What a report says is read whole: places, numbers, units, posts and years, each in the answer it belongs to."""

from __future__ import annotations

import pytest
from conftest import MODELS, Watcher

from config.settings import Settings
from ingest.pipeline import ingest
from rag.engine import Engine

# (report, ((question, what the answer holds; None where only a part of the place has a figure), …))
CASES = {
    "places of one name and another rank are two": (
        "长沙科普总结\n长沙县新建科普廊6处。长沙市新建科普廊31处。",
        (
            ("长沙县新建科普廊多少处?", "6处"),
            ("长沙市新建科普廊多少处?", "31处"),
            ("长沙县和长沙市一共新建科普廊多少处?", "合计37处"),
            ("长沙县和长沙市哪个新建科普廊更多?", "长沙市最多"),
        ),
    ),
    "a county's figure is not its prefecture's": (
        "2024年巴州科协工作总结\n和静县建成乡村科普馆3个,轮台县举办讲座12场。",
        (
            ("和静县建成乡村科普馆多少个?", "3个"),
            ("轮台县举办讲座多少场?", "12场"),
            ("巴州建成乡村科普馆多少个?", None),
            ("巴州举办讲座多少场?", None),
        ),
    ),
    "power and energy are units of their own": (
        "能源工作总结\n云岭县新能源装机容量50万千瓦,全年发电120万千瓦时,粮食入库30万千克。南溪县新能源装机容量20万千瓦。",
        (
            ("云岭县装机容量是多少千瓦?", "50万千瓦"),
            ("南溪县新能源装机容量是多少?", "20万千瓦"),
            ("全年发电多少千瓦时?", "120万千瓦时"),
        ),
    ),
    "a number is read whole": (
        "云溪县2023年总结\n云溪县投入改造资金1亿2000万元,带动群众就业三万五千人。云溪县培训农民3万5千人次。",
        (
            ("云溪县投入改造资金多少元?", "1亿2000万元"),
            ("带动群众就业多少人?", "三万五千人"),
            ("云溪县培训农民多少人次?", "3万5千人次"),
        ),
    ),
    "sums are made in one unit": (
        "交通总结\n青河县新建公路12千米,白水县新建公路5公里。青河县新增造林3亩,白水县新增造林2公顷。",
        (
            ("青河县和白水县一共新建公路多少公里?", "合计17公里"),
            ("青河县和白水县一共新增造林多少亩?", "合计33亩"),
            ("青河县和白水县哪个新增造林更多?", "白水县最多"),
        ),
    ),
    "currencies are not added": (
        "外贸总结\n青河县出口收入100万元。白水县出口收入100万美元。",
        (("青河县和白水县一共出口收入多少?", ("青河县: 100万元", "白水县: 100万美元")),),
    ),
    "a sum of rough figures is rough, and one of ranges is none": (
        "植树总结\n青河县植树近800棵。白水县植树400棵。南溪县植树30至50棵。",
        (
            ("青河县和白水县一共植树多少棵?", "合计约1200棵"),
            ("白水县和南溪县一共植树多少棵?", ("白水县: 400棵", "南溪县: 30至50棵", "范围")),
        ),
    ),
    "a name with 和 in it is not cut": (
        "造林总结\n和静县新增造林3亩。和硕县新增造林4亩。",
        (("和静县和和硕县一共新增造林多少亩?", "合计7亩"),),
    ),
    "a dateline is no chapter": (
        "双桥市科协2023年工作综述\n来源:双桥日报 2024-01-12\n2023年,我市科普经费投入2860万元,建成科普馆8个。",
        (("双桥市2023年科普经费投入多少?", "2860万元"),),
    ),
    "a deputy is one, too": (
        "教育工作会议\n省教育厅副厅长李卫民主持会议。",
        (("省教育厅副厅长是谁?", "李卫民"),),
    ),
    "when, in other words; a zone is a place; a year may lead a name": (
        "科普大会\n2023世界机器人大会于8月16日在北京召开。经开区建成科普馆4个,开发区建成科普馆6个。"
        "2022世界机器人大会于9月1日召开。",
        (
            ("2023世界机器人大会几时召开?", "8月16日"),
            ("2022世界机器人大会何时召开的?", "9月1日"),
            ("经开区有几个科普馆?", "4个"),
            ("开发区建了几个科普馆?", "6个"),
        ),
    ),
}


@pytest.mark.parametrize(("report", "questions"), CASES.values(), ids=CASES)
def test_what_a_report_says_is_read_whole(report, questions, tmp_path, embedder, reader):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_text(report, encoding="utf-8")
    settings = Settings(reports_dir=tmp_path / "reports", data_dir=tmp_path / "data", models_dir=MODELS)
    ingest(settings, [], Watcher(), embedder=embedder)
    engine = Engine(settings, lambda _: None, embedder, reader)
    try:
        for question, wanted in questions:
            answer = engine.ask(question)
            if wanted is None:
                assert answer.certainty != "sure", (question, answer.answer)
                continue
            said = f"{answer.short_answer or ''}\n{answer.answer}"
            parts = (wanted,) if isinstance(wanted, str) else wanted
            assert all(part in said for part in parts), (question, said, answer.reason)
            # What can't be computed from them has no short answer.
            assert isinstance(wanted, str) or answer.short_answer is None, (question, said)
    finally:
        engine.close()
