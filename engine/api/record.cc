#include "daftar/record.h"

#include "api/state.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"

namespace daftar {

absl::StatusOr<Value> Record::Get(std::string_view path) const {
  DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath resolved,
                          record::FieldPath::Parse(state_->table->schema, path));
  if (resolved.fans_out()) {
    return InvalidArgument("the path goes into a list; ask for its JSON").With("path", path);
  }
  DAFTAR_ASSIGN_OR_RETURN(const Scalar value, state_->message.Get(resolved));
  return resolved.type().ToValue(value);
}

absl::StatusOr<std::string> Record::GetJson(std::string_view path, Calendar calendar) const {
  DAFTAR_RETURN_IF_ERROR(record::CheckJsonPath(state_->table->schema, path));
  std::string json;
  DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(state_->message, path, &json, calendar));
  return json;
}

absl::StatusOr<std::string> Record::ToJson(Calendar calendar) const {
  std::string json;
  DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(state_->message, &json, calendar));
  return json;
}

CommitVersion Record::created() const { return state_->created; }

}  // namespace daftar
