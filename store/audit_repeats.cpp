#include "store/audit_repeats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mailhold::store {

bool AuditRepeats::counts(const Accessed& access, Time now) {
    if (access.what != Accessed::What::login || access.outcome == "ok") return false;
    const auto host = access.address.substr(0, access.address.rfind(':'));  // without the port
    Key key{access.user, host, access.outcome};
    const auto known = minutes_.find(key);
    if (known == minutes_.end()) {
        if (minutes_.size() == most) return false;
        order_.push_back(key);
        minutes_.emplace(std::move(key), Minute{now + window, access});
        return false;
    }
    known->second.last = access;
    ++known->second.more;
    return true;
}

std::optional<AuditRepeats::Time> AuditRepeats::next() const {
    if (order_.empty()) return std::nullopt;
    return minutes_.at(order_.front()).ends;
}

std::vector<Accessed> AuditRepeats::over(Time now) {
    std::vector<Accessed> counted;
    for (; !order_.empty(); order_.pop_front()) {
        const auto each = minutes_.find(order_.front());
        auto& minute = each->second;
        if (minute.ends > now) break;
        if (minute.more > 0) {
            auto& access = counted.emplace_back(std::move(minute.last));
            access.detail += fmt::format("{}{} more within a minute, this the last",
                                         access.detail.empty() ? "" : "; ", minute.more);
        }
        minutes_.erase(each);
    }
    std::ranges::sort(counted, {}, &Accessed::time);
    return counted;
}

}  // namespace mailhold::store
