from kibitz.client.load_report import LoadReport


def test_percentiles_are_by_nearest_rank():
    report = LoadReport()
    assert report.percentile_ms(50) is None
    report.ack_ms.extend([float(n) for n in range(1, 101)])
    assert [report.percentile_ms(p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    report.ack_ms.append(1_000)
    assert report.percentile_ms(100) == 1_000


def test_anything_lost_wrong_or_failed_is_not_clean():
    assert LoadReport(moves=5).is_clean
    assert not LoadReport(lost=1).is_clean
    assert not LoadReport(wrong_views=1).is_clean
    failed = LoadReport()
    failed.failed_rooms["no"] += 1
    assert not failed.is_clean


def test_the_table_names_every_figure():
    report = LoadReport(rooms=2, matches=3, moves=40, checked=40, resyncs=1, elapsed_s=10)
    report.refusals["stale"] += 2
    report.ack_ms.append(1.25)
    table = report.table()
    for shown in ("40  (4.0 a second)", "stale 2", "1.2 / 1.2 / 1.2 ms", "0  (of 40 looked up"):
        assert shown in table
    assert "2 rooms  3 matches  40 moves  2 refused" in report.line(9.6)
