#pragma once

#include "serve/request.hpp"
#include "serve/server_state.hpp"

#include <cstddef>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Counts as an answer being made or sent, of those that have a limit.
class answering_slot {
public:
    answering_slot(server_state& all, const request& asked) {
        const auto what = asked.to.what;
        if (asked.refusal)
            return;
        if (asked.call)
            take(all.operations_asked, all.limits.operations);
        else if (what == page::status || what == page::metrics)
            take(all.large_answers, all.limits.large_answers);
        else if (what == page::health || what == page::tunnel_health || what == page::tunnel_status)
            take(all.health_answers, all.limits.health_answers);
    }
    ~answering_slot() {
        if (used_ != nullptr)
            --*used_;
    }
    answering_slot(const answering_slot&) = delete;
    answering_slot& operator=(const answering_slot&) = delete;

    [[nodiscard]] bool is_taken() const noexcept { return taken_; }

private:
    void take(std::size_t& used, std::size_t most) {
        taken_ = used < most;
        if (taken_)
            ++*(used_ = &used);
    }

    std::size_t* used_ = nullptr;
    bool taken_ = true;
};

}  // namespace tunnelkeyd::serve
