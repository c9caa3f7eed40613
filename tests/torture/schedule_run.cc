#include "torture/schedule_run.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/open.h"

namespace daftar::torture {
namespace {

// A book in memory keeps its history: after so many runs another one is made.
constexpr size_t kRunsPerBook = 1000;

const CommitOptions kBuffered = {.durability = Durability::kBuffered};

absl::StatusOr<ItemTable> ReadItems(const txn::ReadView& view, bool by_key) {
  Scan scan;
  scan.by_key = by_key;
  scan.high = std::numeric_limits<int32_t>::max();
  DAFTAR_RETURN_IF_ERROR(RunScan(view, !by_key, &scan));
  ItemTable items;
  for (const Scan::Seen& row : scan.seen) items[row.item] = row.state;
  return items;
}

// A client on the engine.
class EngineClient {
 public:
  EngineClient(txn::Core* core, ClientKind kind) : core_(core) {
    if (kind == ClientKind::kTransaction) transaction_.emplace(core, TransactionLimits());
    if (kind == ClientKind::kView) view_ = core->View();
  }

  absl::StatusOr<Step> Run(Step step) {
    if (auto* read = std::get_if<ReadItem>(&step)) {
      DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, View());
      DAFTAR_ASSIGN_OR_RETURN(read->found, ReadState(view, read->item));
    } else if (auto* scan = std::get_if<ScanStep>(&step)) {
      DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, View());
      DAFTAR_RETURN_IF_ERROR(RunScan(view, scan->covered, &scan->scan));
    } else if (auto* write = std::get_if<WriteItem>(&step)) {
      DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite made, MakeItemWrite(*core_->catalog(), *write));
      DAFTAR_RETURN_IF_ERROR(TakeOutcome(transaction_->Write(std::move(made)), write));
    } else if (auto* back = std::get_if<GoBack>(&step)) {
      const absl::Status status = transaction_->RollbackTo(savepoints_[back->savepoint]);
      back->refused = absl::IsInvalidArgument(status);
      if (!back->refused) DAFTAR_RETURN_IF_ERROR(status);
    } else {
      savepoints_.push_back(transaction_->savepoint());
    }
    return step;
  }

  absl::StatusOr<CommitVersion> Commit() { return transaction_->Commit(kBuffered); }

 private:
  absl::StatusOr<txn::ReadView> View() {
    if (transaction_.has_value()) return transaction_->View();
    return *view_;
  }

  txn::Core* const core_;
  std::optional<txn::Transaction> transaction_;
  std::optional<txn::ReadView> view_;
  std::vector<txn::Transaction::Savepoint> savepoints_;
};

// One client of one schedule, on both sides.
struct Client {
  const Script* script = nullptr;
  size_t next_step = 0;
  std::unique_ptr<EngineClient> engine;
  std::unique_ptr<ModelClient> model;
};

// One schedule. Its functions give what differs, or nothing.
class Schedule {
 public:
  using Difference = absl::StatusOr<std::optional<std::string>>;

  Schedule(txn::Core* core, ModelBook book, const std::vector<Script>& scripts,
           ScheduleCounts* counts)
      : core_(core), book_(std::move(book)), counts_(*counts) {
    for (const Script& script : scripts) clients_.push_back({&script, 0, nullptr, nullptr});
  }

  Difference TakeTurn(size_t number) {
    Client& client = clients_[number];
    if (client.script->kind == ClientKind::kBatch) return CommitBatch(*client.script);
    if (client.engine == nullptr) {
      client.engine = std::make_unique<EngineClient>(core_, client.script->kind);
      client.model = std::make_unique<ModelClient>(book_.items(), book_.version());
    }
    if (client.next_step == client.script->steps.size()) return End(&client);
    const Step& step = client.script->steps[client.next_step++];
    ++counts_.steps;
    DAFTAR_ASSIGN_OR_RETURN(const Step done, client.engine->Run(step));
    const Step expected = client.model->Run(step);
    if (done == expected) return std::nullopt;
    return absl::StrCat("step gave:     ", ToText(done), "\n  should give: ", ToText(expected));
  }

  // The state in the end, and one on the way there.
  Difference CheckStates(uint64_t version) {
    for (const bool by_key : {false, true}) {
      DAFTAR_ASSIGN_OR_RETURN(const ItemTable now, ReadItems(core_->View(), by_key));
      if (now != book_.items()) return absl::StrCat("the state in the end, by_key=", by_key);
      DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, core_->ViewAsOf(CommitVersion(version)));
      DAFTAR_ASSIGN_OR_RETURN(const ItemTable then, ReadItems(view, by_key));
      if (then != book_.at(version)) {
        return absl::StrCat("the state as of ", version, ", by_key=", by_key);
      }
    }
    return std::nullopt;
  }

  const ModelBook& book() const { return book_; }

 private:
  Difference CommitBatch(const Script& script) {
    std::vector<txn::RecordWrite> writes;
    for (const Step& step : script.steps) {
      DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                              MakeItemWrite(*core_->catalog(), std::get<WriteItem>(step)));
      writes.push_back(std::move(write));
    }
    const auto committed = core_->Commit(*core_->catalog(), writes, kBuffered);
    return Compare("batch", committed, book_.CommitBatch(script.steps));
  }

  Difference End(Client* client) {
    if (!client->script->commits) {
      client->engine.reset();
      return std::nullopt;
    }
    const ItemTable before = book_.items();
    const bool same = client->model->ReadsTheSame(before);
    const auto committed = client->engine->Commit();
    const CommitResult expected = client->model->Commit(&book_);
    if (expected.code == absl::StatusCode::kAborted && same) ++counts_.cautious;
    DAFTAR_ASSIGN_OR_RETURN(auto difference, Compare("transaction", committed, expected));
    if (difference.has_value()) return difference;
    // Whoever has changed the book must have run as if alone at that moment.
    if (book_.items() != before && !same) return "committed although it would read otherwise";
    return std::nullopt;
  }

  Difference Compare(const char* what, const absl::StatusOr<CommitVersion>& committed,
                     const CommitResult& expected) {
    const CommitResult result = {committed.status().code(),
                                 committed.ok() ? committed->value() : 0};
    ++counts_.endings[absl::StrCat(what, " ", absl::StatusCodeToString(result.code))];
    if (result == expected) return std::nullopt;
    return absl::StrCat(what, " ended:      ", ToText(result), " ", committed.status().message(),
                        "\n  should end: ", ToText(expected));
  }

  txn::Core* const core_;
  ModelBook book_;
  ScheduleCounts& counts_;
  std::vector<Client> clients_;
};

}  // namespace

absl::Status ScheduleRunner::Reset(const ItemTable& items) {
  if (core_ == nullptr || runs_++ % kRunsPerBook == 0) {
    DAFTAR_ASSIGN_OR_RETURN(core_, NewBook(storage::NewMemoryStore(), catalog_, faults_));
  }
  DAFTAR_ASSIGN_OR_RETURN(const ItemTable present, ReadItems(core_->View(), true));
  std::vector<txn::RecordWrite> writes;
  const auto add = [&](const WriteItem& write) -> absl::Status {
    DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite made, MakeItemWrite(*core_->catalog(), write));
    writes.push_back(std::move(made));
    return absl::OkStatus();
  };
  for (const auto& [item, state] : present) {
    if (items.contains(item)) continue;
    DAFTAR_RETURN_IF_ERROR(add({item, std::nullopt, WriteIntent::kUpdate, false}));
  }
  for (const auto& [item, state] : items) {
    DAFTAR_RETURN_IF_ERROR(add({item, state, WriteIntent::kUpsert, false}));
  }
  return core_->Commit(*core_->catalog(), writes, kBuffered).status();
}

absl::StatusOr<std::optional<std::string>> ScheduleRunner::Run(const std::vector<Script>& scripts,
                                                               const ItemTable& items,
                                                               const std::vector<size_t>& order,
                                                               ScheduleCounts* counts) {
  DAFTAR_RETURN_IF_ERROR(Reset(items));
  ++counts->schedules;
  Schedule schedule(core_.get(), ModelBook(items, core_->View().version.value()), scripts, counts);
  for (size_t turn = 0; turn < order.size(); ++turn) {
    DAFTAR_ASSIGN_OR_RETURN(const auto difference, schedule.TakeTurn(order[turn]));
    if (!difference.has_value()) continue;
    return absl::StrCat("turn ", turn + 1, ", client ", order[turn], ": ", *difference);
  }
  const ModelBook& book = schedule.book();
  const uint64_t commits = book.version() - book.first_version();
  return schedule.CheckStates(book.first_version() + counts->schedules % (commits + 1));
}

}  // namespace daftar::torture
