#include "torture/infer.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace daftar::torture {

Inference::Inference(const History& history, Findings* findings)
    : history_(history), findings_(findings) {
  FindWriters();
}

const Writer& Inference::WriterOf(uint32_t value) const {
  static const Writer nobody;
  return value < writers_.size() ? writers_[value] : nobody;
}

void Inference::NoteWriter(uint32_t value, const Writer& writer) {
  if (value >= writers_.size()) writers_.resize(value + 1);
  writers_[value] = writer;
}

void Inference::FindWriters() {
  for (uint32_t transaction = 0; transaction < history_.size(); ++transaction) {
    // The last value of this transaction in each list and item.
    std::map<std::pair<bool, uint32_t>, uint32_t> last;
    const auto note = [&](uint32_t object, bool is_append, uint32_t value) {
      const auto [place, first] = last.try_emplace({is_append, object}, value);
      if (!first) {
        writers_[place->second].final = false;
        place->second = value;
      }
      NoteWriter(value, {transaction, object, is_append, true});
    };
    for (const Operation& operation : history_[transaction].operations) {
      if (const auto* append = std::get_if<Append>(&operation)) {
        note(append->list, true, append->value);
      } else if (const auto* write = std::get_if<WriteItem>(&operation)) {
        if (write->refused) continue;
        const auto replaced = last.find({false, write->item});
        if (write->state.has_value()) {
          note(write->item, false, write->state->value);
        } else if (replaced != last.end()) {
          writers_[replaced->second].final = false;
        }
      }
    }
  }
}

bool Inference::CheckSeen(uint32_t reader, uint32_t value, uint32_t object, bool is_append,
                          bool last) {
  const Writer& writer = WriterOf(value);
  const auto say = [&](const char* name) {
    Report(name, absl::StrCat("value ", value, " of ", is_append ? "list " : "item ", object),
           reader, writer.transaction);
    return false;
  };
  if (writer.transaction == kNobody || writer.object != object || writer.is_append != is_append) {
    return say("garbage read");
  }
  if (writer.transaction == reader) return true;
  if (at(writer.transaction).outcome != Outcome::kCommitted) return say("aborted read");
  if (last && !writer.final) return say("intermediate read");
  return true;
}

void Inference::AddEdge(uint32_t from, uint32_t to, EdgeKind kind, uint32_t object) {
  if (from == to || from == kNobody || to == kNobody) return;
  edges_.push_back({from, to, kind, object});
}

void Inference::AddUnlessTimeSays(uint32_t from, uint32_t to, EdgeKind kind, uint32_t object) {
  if (from == kNobody || to == kNobody || at(from).end < at(to).begin) return;
  AddEdge(from, to, kind, object);
}

void Inference::Report(const char* name, const std::string& what, uint32_t transaction,
                       uint32_t other) {
  findings_->Add(name, [&] {
    std::string text = absl::StrCat(what, "\n    ", Describe(history_, transaction));
    if (other != kNobody && other != transaction) {
      absl::StrAppend(&text, "\n    ", Describe(history_, other));
    }
    return text;
  });
}

}  // namespace daftar::torture
