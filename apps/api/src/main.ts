import { hello } from '@parley/domain'; console.log(hello, 'api');
