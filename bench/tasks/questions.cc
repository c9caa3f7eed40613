#include <malloc.h>

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "bench/stopwatch.h"
#include "bench/tasks/tasks.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

// A sample lasts at least so long, or as long as all questions once.
constexpr double kSampleSeconds = 0.03;
// Permits that the ranges of a task may find together: with more permits, fewer are asked.
constexpr uint64_t kRangeRows = 200000;
constexpr uint64_t kPermitsPerRangeRow = 690;  // 7 zones, and 30 of 2,922 days

struct Task {
  std::string group;
  std::string name;
  std::vector<Goal> goals;
  size_t questions;
  std::function<bool(Peer& peer, size_t i, Digest* digest)> ask;
};

std::vector<Task> TasksOf(const Questions& q, uint64_t permits) {
  const uint64_t rows_each = permits / kPermitsPerRangeRow + 1;
  const size_t ranges = std::clamp<size_t>(kRangeRows / rows_each, 5, q.ranges.size());
  return {
      {"reads",
       "get by key, hot",
       {{"SQLite", 3}, {"LMDB", 1}},
       q.keys.size(),
       [&q](Peer& p, size_t i, Digest* d) { return p.Get(q.keys[i], d); }},
      {"reads",
       "index range to records",
       {{"SQLite", 1.5}},
       ranges,
       [&q](Peer& p, size_t i, Digest* d) { return p.Range(q.ranges[i], d); }},
      {"reads",
       "covered query",
       {{"SQLite", 2}},
       ranges,
       [&q](Peer& p, size_t i, Digest* d) { return p.CoveredRange(q.ranges[i], d); }},
      {"reads",
       "filtered scan",
       {{"SQLite", 1.5}},
       q.scans.size(),
       [&q](Peer& p, size_t i, Digest* d) { return p.Scan(q.scans[i], d); }},
      {"analytics",
       "group by, maintained",
       {{"SQLite", 1000}, {"DuckDB", 50}},
       1,
       [](Peer& p, size_t, Digest* d) { return p.KeptGroups(d); }},
      {"analytics",
       "group by in SQL, ad hoc",
       {{"SQLite", 1}},
       1,
       [](Peer& p, size_t, Digest* d) { return p.Groups(d); }},
      {"analytics",
       "join of 3 tables in SQL",
       {{"SQLite", 1}},
       ranges,
       [&q](Peer& p, size_t i, Digest* d) { return p.Join(q.ranges[i], d); }},
  };
}

// Asks all questions once. False when the peer is not asked this.
bool AskAll(const Task& task, Peer& peer, Digest* digest) {
  for (size_t i = 0; i < task.questions; ++i) {
    if (!task.ask(peer, i, digest)) return false;
  }
  return true;
}

// Microseconds for one question.
double Measure(const Task& task, Peer& peer) {
  Digest digest;
  double seconds = 0;
  size_t asked = 0;
  while (seconds < kSampleSeconds) {
    seconds += SecondsOf([&] { AskAll(task, peer, &digest); });
    asked += task.questions;
  }
  if (digest.rows() == 0) Fail("no answers to " + task.name);
  return seconds * 1e6 / static_cast<double>(asked);
}

// Those that answer, all of them the same. A speed is worth nothing when the answers differ.
std::vector<Peer*> CompareAnswers(const Task& task, const Peers& peers, Report* report) {
  std::vector<Peer*> answering;
  Digest first;
  for (const auto& peer : peers) {
    Digest digest;
    if (!AskAll(task, *peer, &digest)) continue;
    if (answering.empty()) first = digest;
    if (digest.value() != first.value() || digest.rows() != first.rows()) {
      Fail(absl::StrCat("the answers to ", task.name, " differ: ", peer->name(), " gives ",
                        digest.rows(), " rows, ", answering[0]->name(), " ", first.rows()));
    }
    answering.push_back(peer.get());
  }
  report->context.emplace_back(
      absl::StrCat("answers, ", task.name),
      absl::StrCat(task.questions, " questions, ", first.rows(), " rows, digest ",
                   absl::Hex(first.value(), absl::kZeroPad16)));
  return answering;
}

void MeasureInTurns(const RunOptions& options, const Task& task, std::vector<Peer*> peers,
                    Row* row) {
  for (int i = 0; i < options.repetitions; ++i) {
    for (Peer* peer : peers) {
      // What one peer has freed is not for the next one to tidy up.
      malloc_trim(0);
      row->Add(peer->name(), Measure(task, *peer));
    }
  }
}

}  // namespace

void CompareQuestions(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                      Report* report) {
  const Questions questions = MakeQuestions(dataset.permits);
  for (const Task& task : TasksOf(questions, dataset.permits)) {
    if (!Wanted(options, task.group) || !task.name.starts_with(options.task)) continue;
    Row row{task.group, task.name, "us", task.goals};
    MeasureInTurns(options, task, CompareAnswers(task, peers, report), &row);
    report->rows.push_back(std::move(row));
  }
}

void LoadAndAsk(const Dataset& dataset, Peer& peer) {
  peer.Load(dataset);
  peer.Open();
  const Questions questions = MakeQuestions(dataset.permits);
  for (const Task& task : TasksOf(questions, dataset.permits)) {
    Digest digest;
    AskAll(task, peer, &digest);
  }
  peer.Close();
}

void CompareSizes(const RunOptions& options, const Dataset& dataset, Peer& large,
                  const std::filesystem::path& folder, Report* report) {
  std::filesystem::create_directories(folder);
  const Dataset other = DatasetOf(options.against, folder);
  WriteFiles(other);
  const auto small = NewDaftarPeer(folder / "peer", options.cache_bytes());
  small->Load(other);
  small->Open();
  const Questions of_large = MakeQuestions(dataset.permits);
  const Questions of_small = MakeQuestions(other.permits);
  const auto questions = [&](const Peer& peer) -> const Questions& {
    return &peer == &large ? of_large : of_small;
  };
  const Task tasks[] = {
      {"sizes",
       "get by key",
       {},
       of_large.keys.size(),
       [&](Peer& p, size_t i, Digest* d) { return p.Get(questions(p).keys[i], d); }},
      {"sizes",
       "50 records by an index",
       {},
       of_large.ranges.size(),
       [&](Peer& p, size_t i, Digest* d) { return p.Page(questions(p).ranges[i], d); }}};
  const std::string name = absl::StrCat("with ", other.permits);
  for (const Task& task : tasks) {
    Row row{"sizes", absl::StrCat(task.name, ", two sizes"), "us", {{name, 0.5}}};
    Digest many;
    Digest few;
    AskAll(task, large, &many);
    AskAll(task, *small, &few);
    report->context.emplace_back(
        absl::StrCat("answers, ", row.task),
        absl::StrCat(task.questions, " questions, ", many.rows(), " and ", few.rows(), " rows"));
    for (int i = 0; i < options.repetitions; ++i) {
      row.Add(kDaftar, Measure(task, large));
      row.Add(name, Measure(task, *small));
    }
    report->rows.push_back(std::move(row));
  }
}

}  // namespace daftar::bench
