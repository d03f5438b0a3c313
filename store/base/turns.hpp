// Whose turn it is: owners take turns, and what one of them waits for is in the order it came. So
// whoever asks for a thousand things delays nobody else. Pure; one thread at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace mailhold {

template <class Item>
class Turns {
  public:
    // `most_out`: of one owner, taken and not yet given back.
    explicit Turns(std::size_t most_out = std::numeric_limits<std::size_t>::max())
        : most_out_(most_out) {}

    void add(const std::string& owner, Item item) {
        auto& queue = owners_[owner].waiting;
        if (queue.empty()) ring_.push_back(owner);
        queue.push_back(std::move(item));
        ++size_;
    }

    struct Taken {
        std::string owner;
        Item item;
    };
    // nullopt: nothing waits, or only for owners who have enough out.
    std::optional<Taken> take() {
        for (std::size_t skipped = 0; skipped < ring_.size(); ++skipped) {
            std::string name = std::move(ring_.front());
            ring_.pop_front();
            Owner& owner = owners_.find(name)->second;
            if (owner.out >= most_out_) {
                ring_.push_back(std::move(name));
                continue;
            }
            Taken taken{name, std::move(owner.waiting.front())};
            owner.waiting.pop_front();
            ++owner.out;
            --size_;
            if (!owner.waiting.empty()) ring_.push_back(std::move(name));
            return taken;
        }
        return std::nullopt;
    }
    // What was taken for this owner is done with.
    void give_back(const std::string& name) {
        const auto owner = owners_.find(name);
        if (--owner->second.out == 0 && owner->second.waiting.empty()) owners_.erase(owner);
    }

    std::size_t size() const { return size_; }
    std::size_t waiting(const std::string& name) const {
        const auto owner = owners_.find(name);
        return owner == owners_.end() ? 0 : owner->second.waiting.size();
    }

  private:
    struct Owner {
        std::deque<Item> waiting;
        std::size_t out = 0;
    };
    std::size_t most_out_;
    std::size_t size_ = 0;
    std::map<std::string, Owner> owners_;  // those who wait, or have something out
    std::deque<std::string> ring_;         // those who wait; the front one is next
};

}  // namespace mailhold
