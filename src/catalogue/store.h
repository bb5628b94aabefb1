// What the lab has seen before, by a digest of everything that it depends on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace kerasan::catalogue {

// FNV-1a of 64 bits over fields, each with its length: "ab","c" differs from "a","bc".
class Digest {
 public:
  Digest& add(std::string_view field);
  Digest& add_file(const std::filesystem::path& path);  // throws InputError: cannot be read
  // Every regular file below, by its path in the folder; no bytecode.
  Digest& add_folder(const std::filesystem::path& folder, std::string_view except = {});
  std::string text() const;  // 16 hexadecimal digits

 private:
  void mix(std::string_view bytes);
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

// JSON files and traces in one folder. Each is written whole or not at all, so that a killed run
// leaves nothing half done.
class Store {
 public:
  explicit Store(std::filesystem::path folder);
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  // Marks what it finds as used. None where it is missing or damaged.
  std::optional<nlohmann::json> get(const std::string& name) const;
  void put(const std::string& name, const nlohmann::json& value) const;
  // Takes a finished file over.
  void adopt(const std::string& name, const std::filesystem::path& file) const;
  // Removes what was longest not used, until the rest fits.
  void prune(std::uintmax_t bytes) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace kerasan::catalogue
