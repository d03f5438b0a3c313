// Ends what is under way on one executor, in two steps: request() asks each wait and connection to end,
// insist() ends those that have not. Each registers how. Not thread-safe: everything happens on that
// executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace mailhold::imap::client {

class Cancel {
    using Actions = std::map<std::uint64_t, std::function<void()>>;

  public:
    // Forgets its action when destroyed. Must not outlive the Cancel.
    class [[nodiscard]] Hook {
      public:
        Hook(Actions& actions, std::uint64_t key) : actions_(&actions), key_(key) {}
        ~Hook() { actions_->erase(key_); }
        Hook(const Hook&) = delete;
        Hook& operator=(const Hook&) = delete;

      private:
        Actions* actions_;
        std::uint64_t key_;
    };

    bool requested() const { return asked_.reached; }
    // Each once and for all; actions run here and must not block. insist() asks first.
    void request() { asked_.reach(); }
    void insist();
    // Runs `action` at request(), or at insist(); or now if that has been already.
    Hook on_request(std::function<void()> action) { return asked_.add(std::move(action)); }
    Hook on_insist(std::function<void()> action) { return insisted_.add(std::move(action)); }

  private:
    struct Step {
        bool reached = false;
        std::uint64_t next_key = 0;
        Actions actions;
        void reach();
        Hook add(std::function<void()> action);
    };
    Step asked_;
    Step insisted_;
};

}  // namespace mailhold::imap::client
