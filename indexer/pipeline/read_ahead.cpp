#include "indexer/pipeline/read_ahead.hpp"

#include <exception>
#include <utility>

namespace mailhold::indexer::pipeline {

void ReadAhead::read(engine::IndexReader& reader, std::vector<MessageNumber> messages,
                     text::HeadParts parts) {
    forget();
    if (messages.size() < fewest_messages) return;
    messages_ = std::move(messages);
    texts_.resize(messages_.size());
    helpers_.share(reader, messages_.size(), [&](std::size_t i, engine::IndexReader& of_thread) {
        try {
            if (auto text = of_thread.text(messages_[i], parts)) texts_[i] = std::move(*text);
        } catch (const std::exception&) {
            // As with any that cannot be read.
        }
    });
}

std::optional<text::SearchText> ReadAhead::take(MessageNumber message) {
    while (!is_empty()) {
        const auto next = taken_++;
        if (messages_[next] == message) return std::move(texts_[next]);
    }
    return std::nullopt;
}

void ReadAhead::forget() {
    messages_.clear();
    texts_.clear();
    taken_ = 0;
}

}  // namespace mailhold::indexer::pipeline
