#include "core/refusals.hpp"

namespace tunnelkeyd::core {

refusal ending() {
    return {
        "ending", "the daemon is ending, and begins nothing more", "ask again once it has started again", {}};
}

}  // namespace tunnelkeyd::core
