#include "imap/server/output.hpp"

#include <algorithm>

namespace mailhold::imap::server {

void Output::add(std::string_view text) {
    if (text.empty()) return;
    if (pieces_.empty() || pieces_.back().text.empty()) pieces_.emplace_back();
    pieces_.back().text.append(text);
    size_ += text.size();
}

void Output::add(const Blob& owner, std::string_view part) {
    if (part.empty()) return;
    pieces_.push_back({{}, owner, part});
    size_ += part.size();
}

std::vector<std::string_view> Output::front(std::size_t most) const {
    std::vector<std::string_view> views;
    std::size_t skip = sent_;
    for (const Piece& piece : pieces_) {
        if (most == 0) break;
        const std::string_view view = piece.view().substr(skip, most);
        skip = 0;
        most -= view.size();
        views.push_back(view);
    }
    return views;
}

void Output::drop(std::size_t octets) {
    octets = std::min(octets, size_);
    size_ -= octets;
    sent_ += octets;
    while (!pieces_.empty() && sent_ >= pieces_.front().view().size()) {
        sent_ -= pieces_.front().view().size();
        pieces_.pop_front();
    }
}

}  // namespace mailhold::imap::server
