// An HDF5 handle that is closed with its scope.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

#include "base/error.h"

namespace kerasan::formats {

class H5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  // Throws InputError with `what` for an invalid handle.
  H5Handle(hid_t id, Close close, const std::string& what) : id_(id), close_(close) {
    if (id < 0) throw InputError("cannot read " + what);
  }
  H5Handle(H5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  H5Handle(const H5Handle&) = delete;
  H5Handle& operator=(const H5Handle&) = delete;
  ~H5Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

}  // namespace kerasan::formats
