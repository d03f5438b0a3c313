// Limits are told once, as a state and a reason.
#include "indexer/extract/output.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>

namespace mailhold::indexer::extract {
namespace {

using text::ExtractStatus;

constexpr std::size_t longest_reason = 200;

std::chrono::nanoseconds processor_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

int weight(ExtractStatus status) {
    switch (status) {
        case ExtractStatus::indexed:
            return 0;
        case ExtractStatus::unsupported:
            return 1;
        case ExtractStatus::truncated:
            return 2;
        case ExtractStatus::encrypted:
            return 3;
        case ExtractStatus::failed:
            return 4;
    }
    return 4;
}

// Before the character that the limit falls into.
std::string_view cut(std::string_view utf8, std::size_t most) {
    if (utf8.size() <= most) return utf8;
    while (most > 0 && (static_cast<unsigned char>(utf8[most]) & 0xc0) == 0x80) --most;
    return utf8.substr(0, most);
}

}  // namespace

Output::Output(const Limits& limits)
    : limits_(limits), room_(limits.text), started_(processor_time()) {}

void Output::add(std::string_view utf8) {
    const auto kept = cut(utf8, room_);
    piece_ += kept;
    room_ -= kept.size();
    found_ |= !kept.empty();
    if (kept.size() == utf8.size()) return;
    room_ = 0;
    mark(ExtractStatus::truncated, fmt::format("more than {} octets of text", limits_.text));
}

void Output::end_piece() {
    if (!piece_.empty()) extraction_.pieces.push_back(std::move(piece_));
    piece_.clear();
}

void Output::enter(std::string_view member) {
    end_piece();
    const bool found = found_;
    add(member);
    end_piece();
    found_ = found;
    names_.emplace_back(member);
}

void Output::mark(ExtractStatus status, std::string_view reason) {
    if (status == ExtractStatus::unsupported && depth() > 0) {
        if (unsupported_.empty()) unsupported_ = told(reason);
        return;
    }
    if (weight(status) <= weight(extraction_.status)) return;
    extraction_.status = status;
    extraction_.reason = told(reason);
}

std::string Output::told(std::string_view reason) const {
    std::string text;
    for (const auto& name : names_) text += name + ": ";
    text += reason;
    return std::string(cut(text, longest_reason));
}

bool Output::may_go_on() {
    if (room_ == 0 || out_of_time_) return false;
    if (processor_time() - started_ < limits_.processor) return true;
    out_of_time_ = true;
    mark(ExtractStatus::truncated,
         fmt::format("more than {} s of work",
                     std::chrono::duration_cast<std::chrono::seconds>(limits_.processor).count()));
    return false;
}

bool Output::count_member() {
    if (++members_ <= limits_.members) return true;
    mark(ExtractStatus::truncated, fmt::format("more than {} members", limits_.members));
    return false;
}

bool Output::count_unpacked(std::size_t octets) {
    unpacked_ += octets;
    if (unpacked_ <= limits_.unpacked) return true;
    mark(ExtractStatus::truncated,
         fmt::format("more than {} octets when unpacked", limits_.unpacked));
    return false;
}

text::Extraction Output::finish(std::uint32_t maker) {
    end_piece();
    if (extraction_.status == ExtractStatus::indexed && !unsupported_.empty()) {
        extraction_.reason = unsupported_;
        if (!found_) extraction_.status = ExtractStatus::unsupported;
    }
    extraction_.maker = out_of_time_ ? 0 : maker;
    return std::move(extraction_);
}

}  // namespace mailhold::indexer::extract
