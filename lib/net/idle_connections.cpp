#include "net/idle_connections.hpp"

namespace tunnelkeyd::net {

using std::chrono::steady_clock;

namespace {

constexpr auto distrust_lasts = std::chrono::hours(1);

}  // namespace

idle_connections::idle_connections(boost::asio::io_context& loop, const client_options& options)
    : timer_(loop), limit_(options.idle_limit), life_(options.life_limit), most_(options.most_idle) {
}

std::shared_ptr<connection> idle_connections::take(const std::string& key) {
    const auto now = steady_clock::now();
    for (auto at = entries_.end(); at != entries_.begin();) {
        --at;
        if (at->key != key)
            continue;
        auto found = std::move(at->idle);
        const bool fresh = now - at->since < limit_ && now - found->made_at() < life_;
        at = entries_.erase(at);
        if (fresh && found->is_reusable())
            return found;
        found->close();
    }
    return nullptr;
}

void idle_connections::put(std::string key, std::shared_ptr<connection> idle) {
    const auto distrusted = distrusted_.find(key);
    if (distrusted != distrusted_.end() && steady_clock::now() < distrusted->second) {
        idle->close();
        return;
    }
    entries_.push_back({std::move(key), std::move(idle), steady_clock::now()});
    if (entries_.size() > most_) {
        entries_.front().idle->close();
        entries_.pop_front();
    }
    watch();
}

void idle_connections::distrust(std::string key) {
    const auto now = steady_clock::now();
    std::erase_if(distrusted_, [now](const auto& each) { return each.second <= now; });
    distrusted_[std::move(key)] = now + distrust_lasts;
}

void idle_connections::clear() {
    for (const auto& one : entries_)
        one.idle->close();
    entries_.clear();
    timer_.cancel();
}

void idle_connections::watch() {
    if (watching_ || entries_.empty())
        return;
    watching_ = true;
    timer_.expires_at(entries_.front().since + limit_);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code) {
        const auto self = weak.lock();
        if (!self)
            return;
        self->watching_ = false;
        const auto now = steady_clock::now();
        while (!self->entries_.empty() && now - self->entries_.front().since >= self->limit_) {
            self->entries_.front().idle->close();
            self->entries_.pop_front();
        }
        self->watch();
    });
}

}  // namespace tunnelkeyd::net
