// Ends what is under way on one executor: each wait or connection registers how it is ended, and
// request() ends all of them. Not thread-safe: everything happens on that executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace mailhold::imap::client {

class Cancel {
  public:
    // Forgets its action when destroyed. Must not outlive the Cancel.
    class [[nodiscard]] Hook {
      public:
        Hook(Cancel& cancel, std::uint64_t key) : cancel_(&cancel), key_(key) {}
        ~Hook() { cancel_->actions_.erase(key_); }
        Hook(const Hook&) = delete;
        Hook& operator=(const Hook&) = delete;

      private:
        Cancel* cancel_;
        std::uint64_t key_;
    };

    bool requested() const { return requested_; }
    void request();  // once and for all; actions run here and must not block
    // Runs `action` at request(), or now if that has been already.
    Hook on_request(std::function<void()> action);

  private:
    friend class Hook;
    bool requested_ = false;
    std::uint64_t next_key_ = 0;
    std::map<std::uint64_t, std::function<void()>> actions_;
};

}  // namespace mailhold::imap::client
