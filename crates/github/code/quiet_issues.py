import tools

issues = tools.all(tools.find_items, repo="tidewatch/harbor", kind="issue")
quiet = [i for i in issues if i["updated_at"] < "2026-10-21T12"]
print(len(quiet), "of", len(issues), "open issues have had no answer for 30 days:")
print(*sorted(i["number"] for i in quiet))
