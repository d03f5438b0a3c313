// Progress: rendering is pure, writing is throttled.
#include "api/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/cli/format.hpp"
#include "api/cli/terminal.hpp"

namespace mailhold::cli {
namespace {

using std::chrono::milliseconds;

double rate(std::uint64_t done, milliseconds elapsed) {
    return elapsed.count() <= 0
               ? 0
               : static_cast<double>(done) * 1000 / static_cast<double>(elapsed.count());
}

std::optional<std::chrono::seconds> time_left(const Step& step, milliseconds elapsed) {
    auto speed = rate(step.done, elapsed);
    if (speed <= 0 || step.total <= step.done || elapsed < std::chrono::seconds(1))
        return std::nullopt;
    return std::chrono::seconds(
        static_cast<std::int64_t>(static_cast<double>(step.total - step.done) / speed + 0.5));
}

// Steps that count octets instead of things show them as such.
std::string counted(const Step& step, std::uint64_t count) {
    return step.unit == "octets" ? octets_text(count) : grouped(count);
}

std::string numbers(const Step& step, milliseconds elapsed) {
    bool of_octets = step.unit == "octets";
    std::string text = counted(step, step.done);
    if (step.total > 0)
        text += fmt::format("{}{}", of_octets ? " of " : "/", counted(step, step.total));
    if (!of_octets) text += " " + step.unit;
    if (step.octets > 0) text += ", " + octets_text(step.octets);
    if (step.done > 0 && elapsed.count() > 0)
        text += fmt::format(
            ", {}/s", counted(step, static_cast<std::uint64_t>(rate(step.done, elapsed) + 0.5)));
    if (auto left = time_left(step, elapsed))
        text += fmt::format(", {} left", duration_text(*left));
    return text;
}

}  // namespace

std::string progress_text(const Step& step, milliseconds elapsed) {
    return fmt::format("{}: {}", step.doing, numbers(step, elapsed));
}

std::string progress_bar(const Step& step, milliseconds elapsed, std::size_t width) {
    constexpr std::size_t widest = 30, narrowest = 8;
    auto text = numbers(step, elapsed);
    auto fixed =
        step.doing.size() + text.size() + 5;  // " [", "] " and a column at the end that stays free
    if (step.total == 0 || width < fixed + narrowest)
        return shortened(progress_text(step, elapsed), width);
    auto cells = std::min(widest, width - fixed);
    auto full =
        static_cast<std::size_t>(static_cast<double>(std::min(step.done, step.total)) /
                                 static_cast<double>(step.total) * static_cast<double>(cells));
    return fmt::format("{} [{}{}] {}", step.doing, std::string(full, '#'),
                       std::string(cells - full, '.'), text);
}

std::string progress_json(const Step& step, milliseconds elapsed) {
    // Names of steps and units are our own words; they need no escaping.
    return fmt::format(
        R"({{"event":"progress","doing":"{}","unit":"{}","done":{},"total":{},"octets":{},"seconds":{:.1f}}})",
        step.doing, step.unit, step.done, step.total, step.octets,
        static_cast<double>(elapsed.count()) / 1000);
}

Progress::Progress(Output output)
    : style_(output == Output::json ? Style::json
             : is_terminal(stderr)  ? Style::bar
                                    : Style::lines) {}

Progress::~Progress() {
    finish();
}

void Progress::update(const Step& step) {
    auto now = Clock::now();
    if (last_ && last_->doing != step.doing) finish();
    if (!last_) {
        began_ = now;
        written_ = style_ == Style::lines
                       ? now
                       : Clock::time_point{};  // a short step needs no line but its last
    }
    last_ = step;
    auto every = style_ == Style::bar     ? milliseconds(100)
                 : style_ == Style::lines ? milliseconds(3000)
                                          : milliseconds(1000);
    if (now - written_ < every) return;
    write(step, now);
}

void Progress::finish() {
    if (!last_) return;
    write(*last_, Clock::now());
    if (style_ == Style::bar) std::fputc('\n', stderr);
    last_.reset();
}

void Progress::write(const Step& step, Clock::time_point now) {
    auto elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
    written_ = now;
    switch (style_) {
        case Style::bar: {
            auto line = progress_bar(step, elapsed, terminal_width(stderr));
            std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
            break;
        }
        case Style::lines:
            std::fprintf(stderr, "%s\n", progress_text(step, elapsed).c_str());
            break;
        case Style::json:
            std::printf("%s\n", progress_json(step, elapsed).c_str());
            break;
    }
    std::fflush(style_ == Style::json ? stdout : stderr);
}

}  // namespace mailhold::cli
