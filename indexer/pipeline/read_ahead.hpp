// Indexed texts of the messages that a search decides next, read on its own thread and on a helper at
// once: most of what a search of common words does is decompressing.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/readers.hpp"
#include "store/base/threads.hpp"

namespace mailhold::indexer::pipeline {

// One thread at a time; `readers` and `helpers` outlive it, and `readers` the helpers' jobs.
class ReadAhead {
  public:
    static constexpr std::size_t most_messages = 32;       // at once: about a millisecond
    static constexpr std::uint64_t most_octets = 1 << 20;  // of them
    static constexpr std::size_t fewest_messages = 8;      // fewer are read as they come

    ReadAhead(Readers& readers, WorkerPool& helpers) : readers_(readers), helpers_(helpers) {}

    // Forgets what was read before; reads nothing where it is not worth it. Blocking.
    void read(engine::IndexReader& reader, std::vector<MessageNumber> messages,
              text::HeadParts parts);
    // The text of the next message that was read; nullopt where that is another one, or could not be
    // read: whoever reads it will see why.
    std::optional<text::SearchText> take(MessageNumber message);
    bool is_empty() const { return !work_ || taken_ == work_->messages.size(); }
    void forget() { work_.reset(); }

  private:
    // Shared with the helper, which may come to it when all is done.
    struct Work {
        Work(std::vector<MessageNumber> numbers, text::HeadParts wanted)
            : messages(std::move(numbers)),
              parts(wanted),
              texts(messages.size()),
              unread(messages.size()) {}
        void run(engine::IndexReader& reader);
        bool is_taken() const { return next >= messages.size(); }
        const std::vector<MessageNumber> messages;
        const text::HeadParts parts;
        std::vector<std::optional<text::SearchText>> texts;
        std::atomic<std::size_t> next{0};
        std::atomic<std::size_t> unread;
    };
    Readers& readers_;
    WorkerPool& helpers_;
    std::shared_ptr<Work> work_;
    std::size_t taken_ = 0;
};

}  // namespace mailhold::indexer::pipeline
