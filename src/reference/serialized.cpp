#include "reference/serialized.h"

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

std::string text(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<Serialized> read_serialized(const nlohmann::json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string())
    return Serialized{value.get<std::string>(), nlohmann::json::object(), true};
  require(value.is_object(), "an object that is not told");
  const std::string full =
      value.contains("class_name") ? text(value, "class_name") : text(value, "$object");
  require(!full.empty(), "an object without a class");
  Serialized out;
  const auto cut = full.find_last_of(".>");
  out.class_name = cut == std::string::npos ? full : full.substr(cut + 1);
  const std::string module = value.contains("module")   ? text(value, "module")
                             : cut == std::string::npos ? ""
                                                        : full.substr(0, cut);
  // Where no module is told the name is that of a class of Keras: others register theirs as
  // "package>name".
  out.builtin = full.find('>') == std::string::npos && text(value, "registered_name").empty() &&
                (module.empty() || module.find("keras") != std::string::npos);
  const auto config = value.find("config");
  out.config = config != value.end() && config->is_object() ? *config : nlohmann::json::object();
  return out;
}

}  // namespace kerasan::reference
