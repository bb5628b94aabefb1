#include "trace/reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <list>
#include <unordered_map>

#include "trace/scanner.h"

namespace kerasan::trace {
namespace {

// Larger JSON is counted as unreadable: a parsed value takes many times its text.
constexpr std::uint32_t kMaxJson = 64U << 20;
constexpr std::size_t kCacheBytes = 32U << 20;

struct Stored {
  DType dtype;
  Shape shape;
  std::uint64_t begin;
  std::uint64_t length;
};

Stored parse_tensor(const nlohmann::json& json, const FrameAt& frame) {
  Shape shape;
  for (const auto& dim : json.at("shape")) {
    if (!dim.is_number_integer()) throw InputError("a tensor's shape must hold integers");
    shape.push_back(dim.get<std::int64_t>());
  }
  Stored stored{parse_dtype(json.at("dtype").get_ref<const std::string&>()), std::move(shape),
                frame.raw_begin(), frame.raw_length()};
  if (element_count(stored.shape) * dtype_size(stored.dtype) != stored.length)
    throw InputError("a tensor's bytes do not match its shape");
  return stored;
}

}  // namespace

class TraceReader::Impl {
 public:
  Impl(int fd, const std::string& name) : scanner(fd, name) {}

  // The event of the frame; nullopt after a tensor or an unreadable frame.
  std::optional<Record> take(const FrameAt& frame) {
    try {
      if (frame.json_length > kMaxJson || frame.header.flags != 0)
        throw InputError("unsupported frame");
      nlohmann::json json = parse_json(scanner.json(frame));
      if (!json.is_object()) throw InputError("a frame's JSON must be an object");
      if (frame.header.type == kEventFrame && frame.raw_length() == 0)
        return Record{frame.header.stream, std::move(json)};
      if (frame.header.type != kTensorFrame) throw InputError("unknown frame type");
      index.try_emplace(json.at("digest").get<std::string>(), parse_tensor(json, frame));
    } catch (const InputError&) {
      scanner.reject(frame);
    } catch (const nlohmann::json::exception&) {
      scanner.reject(frame);
    }
    return std::nullopt;
  }

  std::optional<Tensor> load(const std::string& digest) {
    for (auto it = cache.begin(); it != cache.end(); ++it) {
      if (it->first != digest) continue;
      cache.splice(cache.begin(), cache, it);
      return it->second;
    }
    const auto found = index.find(digest);
    if (found == index.end()) return std::nullopt;
    const Stored& stored = found->second;
    auto bytes = std::make_shared<std::vector<std::byte>>(stored.length);
    if (!scanner.source().read(stored.begin, *bytes)) return std::nullopt;
    Tensor tensor(stored.dtype, stored.shape, std::move(bytes));
    remember(digest, tensor);
    return tensor;
  }

  Scanner scanner;

 private:
  void remember(const std::string& digest, const Tensor& tensor) {
    if (tensor.bytes().size() > kCacheBytes / 4) return;
    cache.emplace_front(digest, tensor);
    cached += tensor.bytes().size();
    while (cached > kCacheBytes || cache.size() > 64) {
      cached -= cache.back().second.bytes().size();
      cache.pop_back();
    }
  }

  std::unordered_map<std::string, Stored> index;
  std::list<std::pair<std::string, Tensor>> cache;  // most recently used first
  std::size_t cached = 0;
};

TraceReader::TraceReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TraceReader::TraceReader(TraceReader&&) noexcept = default;
TraceReader& TraceReader::operator=(TraceReader&&) noexcept = default;
TraceReader::~TraceReader() = default;

TraceReader TraceReader::open(const std::string& path) {
  const int fd = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                             : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw InputError(path + ": " + std::strerror(errno));
  return from_fd(fd, path == "-" ? "standard input" : path);
}

TraceReader TraceReader::from_fd(int fd, const std::string& name) {
  return TraceReader(std::make_unique<Impl>(fd, name));
}

std::optional<Record> TraceReader::next() {
  while (const auto frame = impl_->scanner.next())
    if (auto record = impl_->take(*frame)) return record;
  return std::nullopt;
}

bool TraceReader::at_end() const { return impl_->scanner.at_end(); }
void TraceReader::set_final() { impl_->scanner.set_final(); }
std::optional<Tensor> TraceReader::tensor(const std::string& digest) { return impl_->load(digest); }
const Loss& TraceReader::loss() const { return impl_->scanner.loss(); }

}  // namespace kerasan::trace
