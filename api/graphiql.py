"""The explorer of the schema, opened with operations that work on the sample of 2023."""

import json
from pathlib import Path

STATIC = Path(__file__).parent / "static"

EXAMPLES = (
    """# Angka tahun 2023: 142 laporan, 140 ditindaklanjuti. / The figures of 2023.
query Statistik {
  statistics(period: { from: "2023-01-01", until: "2023-12-31" }) {
    total notFollowedUp inProgress completed followedUp followUpRate
    byOpd { opd { shortName } total completed meanFirstResponseDays }
  }
}
""",
    """# Laporan terbaru, dengan OPD dan tindak lanjutnya. / The latest reports.
query Laporan($first: Int = 5) {
  complaints(first: $first, filter: { status: [DISPATCHED, IN_PROGRESS] }) {
    totalCount
    nodes {
      trackingCode title statusLabel submittedAt
      opd { shortName }
      deadlines { clock state dueAt workingDaysLeft }
      actions(first: 3) { nodes { kind body createdAt } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    """# Kirim laporan. Simpan accessToken: pemegangnya adalah pelapor. / Submit a report.
mutation Kirim {
  complaintSubmit(input: {
    idempotencyKey: "contoh-1"
    title: "Lampu jalan padam di Jalan Ahmad Yani"
    body: "Tiga lampu jalan padam sejak Senin, gelap dan rawan kecelakaan."
    classification: COMPLAINT
    categoryCode: "PJU"
  }) {
    complaint { trackingCode status deadlines { clock dueAt } }
    accessToken
    errors { code message field }
  }
}
""",
    """# Ikuti setiap perubahan status; biarkan berjalan. / Follow every change of status.
subscription Ikuti {
  complaintEvents {
    type trackingCode fromStatus toStatus occurredAt cursor
  }
}
""",
    """# Masuk sebagai petugas, lalu isi Headers: {"Authorization": "Bearer TOKEN"}. / Sign in as staff.
mutation Masuk($email: String!, $password: String!) {
  sessionCreate(input: { email: $email, password: $password }) {
    token expiresAt viewer { kind name permissions } errors { code message }
  }
}
""",
)


def graphiql_page() -> str:
    """The page; everything it loads is served from here."""
    examples = json.dumps([{"query": example} for example in EXAMPLES]).replace("<", "\\u003c")
    return f"""<!doctype html>
<html lang="id">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Aduan Cilegon: GraphiQL</title>
  <link rel="stylesheet" href="/static/graphiql/graphiql.min.css">
  <style>body {{ margin: 0 }} #graphiql {{ height: 100dvh }}</style>
</head>
<body>
  <div id="graphiql">…</div>
  <script type="application/json" id="examples">{examples}</script>
  <script src="/static/graphiql/react.production.min.js"></script>
  <script src="/static/graphiql/react-dom.production.min.js"></script>
  <script src="/static/graphiql/graphql-ws.min.js"></script>
  <script src="/static/graphiql/graphiql.min.js"></script>
  <script src="/static/graphiql-start.js"></script>
</body>
</html>
"""
