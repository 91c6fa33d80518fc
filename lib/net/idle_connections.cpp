#include "net/idle_connections.hpp"

namespace tunnelkeyd::net {

using std::chrono::steady_clock;

idle_connections::idle_connections(boost::asio::io_context& loop, core::duration limit, std::size_t most)
    : timer_(loop), limit_(limit), most_(most) {
}

std::shared_ptr<connection> idle_connections::take(const std::string& key) {
    const auto now = steady_clock::now();
    for (auto at = entries_.end(); at != entries_.begin();) {
        --at;
        if (at->key != key)
            continue;
        auto found = std::move(at->idle);
        const bool fresh = now - at->since < limit_;
        at = entries_.erase(at);
        if (fresh && found->is_reusable())
            return found;
        found->close();
    }
    return nullptr;
}

void idle_connections::put(std::string key, std::shared_ptr<connection> idle) {
    entries_.push_back({std::move(key), std::move(idle), steady_clock::now()});
    if (entries_.size() > most_) {
        entries_.front().idle->close();
        entries_.pop_front();
    }
    watch();
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
