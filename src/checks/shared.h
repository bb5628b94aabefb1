// What several rules of one session derive from the same events, held once.
#pragma once

#include <map>
#include <memory>
#include <typeindex>
#include <typeinfo>

namespace kerasan::checks {

class Shared {
 public:
  // The one T of this session, made when it is first asked for.
  template <class T>
  std::shared_ptr<T> get() {
    std::shared_ptr<void>& held = held_[typeid(T)];
    if (!held) held = std::make_shared<T>();
    return std::static_pointer_cast<T>(held);
  }

 private:
  std::map<std::type_index, std::shared_ptr<void>> held_;
};

}  // namespace kerasan::checks
