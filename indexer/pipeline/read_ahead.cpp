#include "indexer/pipeline/read_ahead.hpp"

#include <exception>

namespace mailhold::indexer::pipeline {

void ReadAhead::Work::run(engine::IndexReader& reader) {
    for (auto i = next++; i < messages.size(); i = next++) {
        try {
            if (auto text = reader.text(messages[i], parts)) texts[i] = std::move(*text);
        } catch (const std::exception&) {
            // As with any that cannot be read; but it is read no more, which others wait for.
        }
        if (--unread == 0) unread.notify_all();
    }
}

void ReadAhead::read(engine::IndexReader& reader, std::vector<MessageNumber> messages,
                     text::HeadParts parts) {
    forget();
    if (messages.size() < fewest_messages) return;
    work_ = std::make_shared<Work>(std::move(messages), parts);
    taken_ = 0;
    // Helpers that are busy with other searches are no help.
    if (helpers_.queued() < helpers_.size()) {
        helpers_.post([work = work_, &readers = readers_] {
            if (work->is_taken()) return;
            auto another = readers.borrow();
            if (!another) return;
            work->run(*another);
            readers.give_back(std::move(another));
        });
    }
    work_->run(reader);
    for (auto left = work_->unread.load(); left != 0; left = work_->unread.load())
        work_->unread.wait(left);
}

std::optional<text::SearchText> ReadAhead::take(MessageNumber message) {
    while (!is_empty()) {
        const auto next = taken_++;
        if (work_->messages[next] == message) return std::move(work_->texts[next]);
    }
    return std::nullopt;
}

}  // namespace mailhold::indexer::pipeline
