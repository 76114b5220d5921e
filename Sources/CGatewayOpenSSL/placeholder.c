#include "CGatewayOpenSSL.h"
